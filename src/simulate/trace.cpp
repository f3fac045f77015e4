// SPDX-License-Identifier: Apache-2.0
#include "simulate/trace.hpp"

#include <string_view>
#include <variant>

#include "codec/event_codec.hpp"
#include "deskwire/port/assembler.hpp"
#include "simulate/office.hpp"

namespace deskwire::sim {
namespace {

void add(std::string& out, const char* label, std::uint64_t value) {
  out.append(" ").append(label).append(std::to_string(value));
}

/// Enough of a key to tell it from the others of a seed.
std::string short_name(Key key) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (int shift = 28; shift >= 0; shift -= 4) out += kHex[(key.hi >> shift) & 15];
  return out;
}

std::string time_text(Instant at) {
  const Duration since = at - kEpoch;
  const std::int64_t ms = since.ms % 86'400'000;
  return "day " + std::to_string(since.ms / 86'400'000) + " " + std::to_string(ms / 3'600'000) +
         "h" + std::to_string(ms / 60'000 % 60) + "m" + std::to_string(ms / 1000 % 60) + "." +
         std::to_string(ms % 1000) + "s";
}

/// The ids that a command or an event carries, whichever those are.
template <class T>
void add_ids(std::string& out, const T& it) {
  if constexpr (requires { it.ticket.value; }) add(out, "t", it.ticket.value);
  if constexpr (requires { it.ticket.id; }) add(out, "t", it.ticket.id.value);
  if constexpr (requires { it.message.ticket; }) add(out, "t", it.message.ticket.value);
  if constexpr (requires { it.message.value; }) add(out, "m", it.message.value);
  if constexpr (requires { it.message.id; }) add(out, "m", it.message.id.value);
  if constexpr (requires { it.offer.value; }) add(out, "o", it.offer.value);
  if constexpr (requires { it.offer.id; }) {
    add(out, "o", it.offer.id.value);
    add(out, "t", it.offer.ticket.value);
    add(out, "a", it.offer.agent.value);
  }
  if constexpr (requires { it.agent.value; }) add(out, "a", it.agent.value);
  if constexpr (requires { it.agent.id; }) add(out, "a", it.agent.id.value);
  if constexpr (requires { it.queue.value; }) add(out, "q", it.queue.value);
  if constexpr (requires { it.token_ticket; }) add(out, "token:t", it.token_ticket.value);
  if constexpr (requires { it.content->message_id; }) {
    if (it.content) out.append(" ").append(it.content->message_id);
  }
  if constexpr (requires { it.own_key; }) out.append(" own:").append(short_name(it.own_key));
  if constexpr (requires { it.references; }) {
    for (const Key& key : it.references) out.append(" ref:").append(short_name(key));
  }
  if constexpr (requires { it.machine; }) out.append(" ").append(name(it.machine));
  if constexpr (requires { it.metric; }) out.append(" ").append(name(it.metric));
  if constexpr (requires { it.clock.due_at; }) {
    out.append(" ").append(name(it.clock.metric)).append(" ").append(name(it.clock.state));
    out.append(" due ").append(time_text(it.clock.due_at));
  }
  if constexpr (requires { it.to.value; }) {
  } else if constexpr (requires { name(it.to); }) {
    out.append(" to ").append(name(it.to));
  }
}

}  // namespace

std::string describe(const Command& command, const Applied& applied, Instant now) {
  std::string out = time_text(now) + "  ";
  out.append(command_name(command.body));
  if (command.actor.agent) add(out, "by a", command.actor.agent.value);
  std::visit([&](const auto& body) { add_ids(out, body); }, command.body);
  if (applied.kind == Applied::Kind::refused)
    return out.append(": refused, ").append(name(applied.refusal));
  if (applied.receipt.duplicate) out.append(" (duplicate)");
  for (const Event& event : applied.events) {
    out.append("\n      ").append(event_name(event));
    std::visit([&](const auto& e) { add_ids(out, e); }, event);
  }
  return out;
}

}  // namespace deskwire::sim
