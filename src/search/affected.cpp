// SPDX-License-Identifier: Apache-2.0
#include "search/affected.hpp"

#include <concepts>
#include <variant>

#include "codec/fields.hpp"
#include "search/documents.hpp"

namespace deskwire::search {
namespace {

template <class T, class... Other>
concept AnyOf = (std::same_as<T, Other> || ...);

/// Neither texts nor anything that a filter asks for.
template <class T>
concept Silent =
    AnyOf<T, TicketReranked, PreferenceEnded, PriorityChanged, OfferMade, OfferAccepted,
          OfferDeclined, OfferExpired, OfferRescinded, OfferMoved, ClockStarted, ClockChanged,
          SlaWarned, SlaBreached, PresenceChanged, AgentConnectionChanged, AgentPut, SendStarted,
          DeliveryRecorded, PolicyReplaced, ClockStepNoted, DaemonRestarted, MessageAddressed,
          ConsentChanged, TicketSnoozed, TicketWoken, MessageWithdrawn, ActNoted>;
/// Where the ticket is and how it is marked, not what is said in it.
template <class T>
concept Moving =
    AnyOf<T, TicketQueued, TicketAssigned, TicketUnassigned, TicketStateChanged, TicketTagged>;
template <class T>
concept Writing = AnyOf<T, MessageReceived, ReplySent, NoteAdded>;

class Visit {
 public:
  explicit Visit(Affected& out) : out_(out) {}

  template <Silent T>
  void operator()(const T&) {}
  template <Moving T>
  void operator()(const T& event) {
    out_.tickets.try_emplace(event.ticket);
  }
  template <Writing T>
  void operator()(const T& event) {
    const Message& message = event.message;
    if (message.ticket) out_.tickets[message.ticket].windows.insert(window_of(message.seq));
    if (message.author_kind == AuthorKind::customer && message.author != 0)
      out_.customers.insert(CustomerId{message.author});
  }
  template <class T>
  void operator()(const T& event) {
    codec::for_each_field<T>([&](const auto& field) { read(event.*field.member); });
  }

 private:
  void read(TicketId id) {
    if (id) out_.tickets[id].whole = true;
  }
  void read(CustomerId id) {
    if (id) out_.customers.insert(id);
  }
  void read(const Ticket& ticket) { read(ticket.id); }
  void read(const Message& message) { read(message.ticket); }
  template <class T>
  void read(const T&) {}

  Affected& out_;
};

}  // namespace

void add_affected(Affected& out, const JournalEntry& entry) {
  for (const Event& event : entry.events) std::visit(Visit(out), event);
}

}  // namespace deskwire::search
