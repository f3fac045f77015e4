// SPDX-License-Identifier: Apache-2.0
// The only door for commands. Loop thread only. A submit resumes its waiter after the commit (or at
// once when refused).
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "deskwire/domain/commands.hpp"
#include "deskwire/domain/refusal.hpp"
#include "deskwire/engine/engine.hpp"

namespace deskwire {

/// Agents and visitors wait in front of the screen and go before intake.
enum class Lane : std::uint8_t { interactive, intake };

struct Submission {
  enum class Kind : std::uint8_t {
    done,     ///< Durable; `receipt` is valid.
    refused,  ///< `refusal` says why; nothing changed.
    busy,  ///< A bound is full (or the disk's reserve is reached: `disk_full`): nothing was taken,
           ///< try later.
    failed,  ///< The commit failed; the process is about to exit. 451, 503.
  };
  Kind kind = Kind::failed;
  Refusal refusal = Refusal::invalid_argument;
  bool disk_full = false;
  Receipt receipt;
};

class Gateway {
 public:
  virtual ~Gateway() = default;
  using Done = std::function<void(const Submission&)>;

  /// `done` is called exactly once, on the loop thread, never inside this call.
  virtual void submit(Command command, Lane lane, Done done) = 0;
  /// Name the command before awaiting: `auto s = co_await gateway.submit(std::move(cmd),
  /// Lane::intake);`
  boost::asio::awaitable<Submission> submit(Command command, Lane lane);

  /// Intake is refused while free space is under the reserve; SMTP asks at MAIL FROM already.
  [[nodiscard]] virtual bool accepts_intake() const = 0;
  /// The engine's answer, given after everything decided so far is durable.
  virtual void explain(TicketId ticket, std::function<void(Result<Explanation>)> done) = 0;
  boost::asio::awaitable<Result<Explanation>> explain(TicketId ticket);
  [[nodiscard]] virtual PolicyPtr policy() const = 0;
};

}  // namespace deskwire
