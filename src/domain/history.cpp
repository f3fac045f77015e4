// SPDX-License-Identifier: Apache-2.0
#include "deskwire/domain/history.hpp"

#include <concepts>
#include <variant>

namespace deskwire {
namespace {

template <class E>
concept Told = std::same_as<E, TicketQueued> || std::same_as<E, TicketAssigned> ||
               std::same_as<E, TicketStateChanged> || std::same_as<E, PriorityChanged> ||
               std::same_as<E, TicketTagged> || std::same_as<E, TicketSnoozed> ||
               std::same_as<E, TicketWoken> || std::same_as<E, SlaBreached>;

}  // namespace

TicketId told_in_history(const Event& event) {
  return std::visit(
      []<class E>(const E& one) -> TicketId {
        if constexpr (Told<E>) return one.ticket;
        return {};
      },
      event);
}

}  // namespace deskwire
