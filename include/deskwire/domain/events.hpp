// SPDX-License-Identifier: Apache-2.0
// What happened. Each event carries everything that was decided (ids, deadlines, ranks, reasons),
// so `evolve` only applies it. Ids and keys only: no personal data. Fields are added, never changed
// in meaning: the journal is read for years.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "deskwire/domain/commands.hpp"
#include "deskwire/domain/entities.hpp"

namespace deskwire {

struct CustomerCreated {
  CustomerId customer;
  Instant at;
};
struct TicketOpened {
  Ticket ticket;
};  ///< Whole first row: state queued or assigned, clocks not yet started.
struct MessageReceived {
  Message message;
  bool verified_participant = true;  ///< The sender joins the participants if not among them.
  Key sender;
};
struct MessageAddressed {
  MessageId message;
  TicketId ticket;
  ChannelId channel_name;
};  ///< The same mail to another of our addresses.
struct ReplySent {
  Message message;
  OutboxItem outbox;
};
struct NoteAdded {
  Message message;
};
struct TicketQueued {
  TicketId ticket;
  QueueId queue;
  std::uint64_t policy_version = 0;
  RuleId rule;
  Priority priority = Priority::normal;
  std::vector<SkillLevel> required;
  Instant queued_at;
  std::int64_t rank = 0;
  AgentId preferred;
  Instant preferred_until;
  Instant at;
};
struct TicketReranked {
  TicketId ticket;
  std::int64_t rank = 0;
};
struct PreferenceEnded {
  TicketId ticket;
};  ///< The hold for the preferred agent ran out or was pointless.
struct PriorityChanged {
  TicketId ticket;
  Priority priority = Priority::normal;
  Instant at;
};
struct OfferMade {
  Offer offer;
};
struct OfferAccepted {
  OfferId offer;
  TicketId ticket;
  AgentId agent;
  Instant at;
};
struct OfferDeclined {
  OfferId offer;
  TicketId ticket;
  AgentId agent;
  std::string reason;
  Instant at;
  Instant excluded_until;
};
struct OfferExpired {
  OfferId offer;
  TicketId ticket;
  AgentId agent;
  OfferEnd end = OfferEnd::ignored;
  Instant at;
  Instant excluded_until;
};
struct OfferRescinded {
  OfferId offer;
  TicketId ticket;
  AgentId agent;
  RescindCause cause = RescindCause::none;
  Instant at;
};
struct OfferMoved {
  OfferId offer;
  Instant expires_at;
};  ///< After a step of the clock.
struct TicketAssigned {
  TicketId ticket;
  AgentId agent;
  std::uint16_t weight_percent = 0;
  bool manual = false;
  Instant at;
};
struct TicketUnassigned {
  TicketId ticket;
  AgentId agent;
  Instant at;
};
struct TicketStateChanged {
  TicketId ticket;
  TicketState from = TicketState::queued, to = TicketState::queued;
  std::string disposition;
  Instant at;
};
struct ClockStarted {
  TicketId ticket;
  Clock clock;
};
struct ClockChanged {
  TicketId ticket;
  Clock clock;
};  ///< Paused, resumed, re-derived or met: the whole new value.
struct SlaWarned {
  TicketId ticket;
  Metric metric = Metric::first_response;
  Instant due_at;
  Instant at;
};
struct SlaBreached {
  TicketId ticket;
  Metric metric = Metric::first_response;
  Instant due_at;
  Instant at;
};
struct PresenceChanged {
  AgentId agent;
  Presence presence = Presence::offline;
  std::string reason;
  Instant at;
};
struct AgentConnectionChanged {
  AgentId agent;
  bool connected = false;
  Instant grace_until;
  Instant at;
};
struct AgentPut {
  Agent agent;
};
struct SendStarted {
  MessageId message;
  std::uint32_t attempt = 0;
  Instant at;
};
struct DeliveryRecorded {
  MessageId message;
  TicketId ticket;
  DeliveryState state = DeliveryState::none;
  Instant retry_at;
  std::string detail;
  Instant at;
};
struct PolicyReplaced {
  std::uint64_t version = 0;
  Instant at;
};
struct ClockStepNoted {
  Duration by;
  Instant at;
};
struct DaemonRestarted {
  Instant at;
};
struct MediaAttached {
  MessageId message;
  TicketId ticket;
  Instant at;
};
struct IdentityBound {
  CustomerId customer;
  Key identity;
  Instant at;
};
struct ConsentChanged {
  Key identity;
  CustomerId customer;  ///< Zero: nobody we know.
  Channel channel = Channel::sms;
  Consent consent = Consent::unsaid;
  Instant at;
};

struct TicketSnoozed {
  TicketId ticket;
  AgentId agent;
  Instant until;
  Instant at;
};
struct TicketWoken {
  TicketId ticket;
  AgentId agent;
  WakeCause cause = WakeCause::time;
  Instant at;
};  ///< Still assigned; leaving the assignment ends a snooze without it.
struct TicketTagged {
  TicketId ticket;
  std::vector<std::string> added, removed;
  Instant at;
};
struct MessageWithdrawn {
  MessageId message;
  TicketId ticket;
  Instant at;
};
struct ActNoted {
  DeskAct act = DeskAct::none;
  AgentId whom;
  std::uint64_t thing = 0;
  Instant at;
};  ///< See NoteAct; nothing in the engine changes by it.

using Event =
    std::variant<CustomerCreated, TicketOpened, MessageReceived, MessageAddressed, ReplySent,
                 NoteAdded, TicketQueued, TicketReranked, PreferenceEnded, PriorityChanged,
                 OfferMade, OfferAccepted, OfferDeclined, OfferExpired, OfferRescinded, OfferMoved,
                 TicketAssigned, TicketUnassigned, TicketStateChanged, ClockStarted, ClockChanged,
                 SlaWarned, SlaBreached, PresenceChanged, AgentConnectionChanged, AgentPut,
                 SendStarted, DeliveryRecorded, PolicyReplaced, ClockStepNoted, DaemonRestarted,
                 MediaAttached, IdentityBound, ConsentChanged, TicketSnoozed, TicketWoken,
                 TicketTagged, MessageWithdrawn, ActNoted>;

}  // namespace deskwire
