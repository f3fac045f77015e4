// SPDX-License-Identifier: Apache-2.0
// Closed enumerations of the field and their names on the wire (SEMANTICS §1, CONTRACT "Values").
// Each enum has `name(e)` and `parse_name<E>(text)`; the array order is the enum order, and
// existing values never change their number (they are stored).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace deskwire {

enum class Channel : std::uint8_t { email, sms, voice, chat };
enum class TicketState : std::uint8_t { queued, assigned, pending, on_hold, resolved, closed };
enum class Priority : std::uint8_t { low, normal, high, urgent };
enum class Presence : std::uint8_t { offline, available, away };
enum class Role : std::uint8_t { agent, supervisor, admin };
enum class Direction : std::uint8_t { in, out, note, system };
enum class AuthorKind : std::uint8_t { customer, agent, system };
/// `withdrawn`: its author took it back while it was held; it never left.
enum class DeliveryState : std::uint8_t {
  none,
  queued,
  sending,
  sent,
  delivered,
  failed,
  unknown,
  withdrawn
};
enum class Metric : std::uint8_t { first_response, resolution };
/// `answered`: by a reply that may still be taken back.
enum class ClockState : std::uint8_t { running, paused, met, breached, answered };
/// Why a mail counts as machine mail (RFC 3834 and SEMANTICS §4); `none` is a person.
/// `keyword`: a text message that is only STOP, START or the like; a fact, nothing to answer.
enum class Machine : std::uint8_t {
  none,
  auto_reply,
  bulk,
  bounce,
  own_address,
  no_reply,
  keyword
};
/// What somebody did to the desk itself, beside tickets and agents.
enum class DeskAct : std::uint8_t {
  none,
  macro_saved,
  macro_deleted,
  token_created,
  token_revoked,
  password_set,
  second_factor_on,
  second_factor_off,
  session_ended
};
/// How an offer ended.
enum class OfferEnd : std::uint8_t {
  pending,
  accepted,
  declined,
  ignored,
  connection_lost,
  rescinded
};
/// Why an offer was taken back without the agent's doing.
enum class RescindCause : std::uint8_t {
  none,
  restart,
  ticket_left_queue,
  agent_changed,
  policy_changed
};
/// Why an agent was not chosen, or `chosen`; stored with each offer (the decision record).
enum class Verdict : std::uint8_t {
  chosen,
  eligible_but_later,
  not_in_queue,
  missing_skill,
  at_capacity,
  away,
  offline,
  disabled,
  delayed_after_decline,
  delayed_after_ignore,
  delayed_after_connection_loss,
  held_for_preferred,
  has_live_offer
};
/// How a queue chooses among those who may have a ticket; ties go to the longest idle, then by id.
enum class Strategy : std::uint8_t {
  longest_idle,
  least_loaded,  ///< The smallest load as a share of the agent's own capacity.
  best_skilled,  ///< Whose levels in the required skills are nearest to mastery, together.
  round_robin,   ///< Whose last offer is longest ago.
};
/// What someone said about being written to on a channel.
enum class Consent : std::uint8_t { unsaid, granted, withdrawn };
/// What ended a snooze.
enum class WakeCause : std::uint8_t { time, customer, agent };

/// Which figure of the board an alert watches.
enum class AlertWhen : std::uint8_t { waiting, oldest, level, at_risk };

template <class E>
struct EnumNames;
#define DESKWIRE_NAMES(E, ...)                                                    \
  template <>                                                                     \
  struct EnumNames<E> {                                                           \
    static constexpr auto value = std::to_array<std::string_view>({__VA_ARGS__}); \
  }
DESKWIRE_NAMES(Channel, "email", "sms", "voice", "chat");
DESKWIRE_NAMES(TicketState, "queued", "assigned", "pending", "on_hold", "resolved", "closed");
DESKWIRE_NAMES(Priority, "low", "normal", "high", "urgent");
DESKWIRE_NAMES(Presence, "offline", "available", "away");
DESKWIRE_NAMES(Role, "agent", "supervisor", "admin");
DESKWIRE_NAMES(Direction, "in", "out", "note", "system");
DESKWIRE_NAMES(AuthorKind, "customer", "agent", "system");
DESKWIRE_NAMES(DeliveryState, "none", "queued", "sending", "sent", "delivered", "failed", "unknown",
               "withdrawn");
DESKWIRE_NAMES(Metric, "first_response", "resolution");
DESKWIRE_NAMES(ClockState, "running", "paused", "met", "breached", "answered");
DESKWIRE_NAMES(Machine, "none", "auto_reply", "bulk", "bounce", "own_address", "no_reply",
               "keyword");
DESKWIRE_NAMES(DeskAct, "none", "macro_saved", "macro_deleted", "token_created", "token_revoked",
               "password_set", "second_factor_on", "second_factor_off", "session_ended");
DESKWIRE_NAMES(OfferEnd, "pending", "accepted", "declined", "ignored", "connection_lost",
               "rescinded");
DESKWIRE_NAMES(RescindCause, "none", "restart", "ticket_left_queue", "agent_changed",
               "policy_changed");
DESKWIRE_NAMES(Verdict, "chosen", "eligible_but_later", "not_in_queue", "missing_skill",
               "at_capacity", "away", "offline", "disabled", "delayed_after_decline",
               "delayed_after_ignore", "delayed_after_connection_loss", "held_for_preferred",
               "has_live_offer");
DESKWIRE_NAMES(Strategy, "longest_idle", "least_loaded", "best_skilled", "round_robin");
DESKWIRE_NAMES(Consent, "unsaid", "granted", "withdrawn");
DESKWIRE_NAMES(WakeCause, "time", "customer", "agent");
DESKWIRE_NAMES(AlertWhen, "waiting", "oldest", "level", "at_risk");
#undef DESKWIRE_NAMES

template <class E>
constexpr std::string_view name(E e) {
  return EnumNames<E>::value.at(static_cast<std::size_t>(e));
}

template <class E>
constexpr std::optional<E> parse_name(std::string_view text) {
  for (std::size_t i = 0; i < EnumNames<E>::value.size(); ++i)
    if (EnumNames<E>::value[i] == text) return static_cast<E>(i);
  return std::nullopt;
}

template <class E>
constexpr std::size_t count_of() {
  return EnumNames<E>::value.size();
}

}  // namespace deskwire
