// SPDX-License-Identifier: Apache-2.0
#include "load.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>

namespace deskwire::bench {
namespace {

sockaddr_in address_of(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) die("no IPv4 address: " + host);
  return address;
}

}  // namespace

void die(const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, what.c_str());
  std::exit(1);
}

void die_of_errno(const std::string& what) { die(what + ": " + std::strerror(errno)); }

void tell_begun() { std::fputs("begun\n", stderr); }

double milliseconds(Clock::duration took) {
  return std::chrono::duration<double, std::milli>(took).count();
}

int connect_to(const std::string& host, int port, const std::string& source) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) die_of_errno("socket");
  const int one = 1;
  if (!source.empty()) {
    // The port is chosen at connect, where it only has to be free for this very destination.
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    const sockaddr_in from = address_of(source, 0);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
      die_of_errno("bind " + source);
  }
  const sockaddr_in to = address_of(host, port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) die_of_errno("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) die_of_errno("write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

Readiness::Readiness() : epoll_(epoll_create1(0)), events_(512) {}

void Readiness::watch(int fd, std::uint32_t number) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = number;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) die_of_errno("epoll_ctl");
}

std::span<const std::uint32_t> Readiness::wait(int timeout_ms) {
  int n = 0;
  do n = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), timeout_ms);
  while (n < 0 && errno == EINTR);
  if (n < 0) die_of_errno("epoll_wait");
  ready_.clear();
  for (int i = 0; i < n; ++i) ready_.push_back(events_[static_cast<std::size_t>(i)].data.u32);
  return ready_;
}

double Figures::sum() const { return std::accumulate(values_.begin(), values_.end(), 0.0); }

double Figures::at(double share) {
  if (values_.empty()) return 0;
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values_.size() - 1));
  std::nth_element(values_.begin(), values_.begin() + place, values_.end());
  return values_[static_cast<std::size_t>(place)];
}

}  // namespace deskwire::bench
