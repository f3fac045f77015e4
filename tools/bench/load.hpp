// SPDX-License-Identifier: Apache-2.0
// What the load tools share: blocking connections over IPv4, waiting for many of them, figures, and
// one way to give up.
#pragma once
#include <sys/epoll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::bench {

using Clock = std::chrono::steady_clock;

/// Says what was wrong and ends the program with 1; with errno's text for a call that failed.
[[noreturn]] void die(const std::string& what);
[[noreturn]] void die_of_errno(const std::string& what);

/// Tells on standard error that the load is about to begin: whoever measures beside it waits for
/// that.
void tell_begun();

double milliseconds(Clock::duration took);

/// A blocking TCP connection without Nagle; `source` is the IPv4 address to come from, empty: any.
int connect_to(const std::string& host, int port, const std::string& source = {});

void write_all(int fd, std::string_view bytes);

/// As many open files as the system grants.
void raise_descriptor_limit();

/// Which of many descriptors have something to read; each is known by a number.
class Readiness {
 public:
  Readiness();
  void watch(int fd, std::uint32_t number);
  /// Numbers of those that are ready; empty after `timeout_ms` (-1: without end).
  std::span<const std::uint32_t> wait(int timeout_ms);

 private:
  int epoll_;
  std::vector<epoll_event> events_;
  std::vector<std::uint32_t> ready_;
};

class Figures {
 public:
  void add(double value) { values_.push_back(value); }
  [[nodiscard]] std::size_t count() const { return values_.size(); }
  [[nodiscard]] double sum() const;
  /// The value below which `share` of them are (0.99: all but one of a hundred); 0 if there is
  /// none.
  [[nodiscard]] double at(double share);

 private:
  std::vector<double> values_;
};

}  // namespace deskwire::bench
