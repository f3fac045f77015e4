// SPDX-License-Identifier: Apache-2.0
// Everything one can ask of the engine. Commands are plain values; whatever is random or
// unguessable was drawn at the edge and arrives as a Key. A command has a decision part (here) and
// a content part (ContentPtr).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "deskwire/domain/content.hpp"
#include "deskwire/domain/entities.hpp"
#include "deskwire/domain/policy.hpp"

namespace deskwire {

enum class ActorKind : std::uint8_t { system, agent, customer };

/// Who asks. Roles are looked up in the engine's own agent row, so a stale session cannot keep a
/// role.
struct Actor {
  ActorKind kind = ActorKind::system;
  AgentId agent;
};

/// What a bounce says about a message of ours (RFC 3464), found by the VERP token or the returned
/// Message-ID.
struct BounceReport {
  MessageId message;       ///< Zero: find it by `message_key`.
  Key message_key;         ///< Thread key of the returned message.
  bool permanent = false;  ///< `failed`, not `delayed`.
  std::string detail;      ///< "5.1.1 …", at most 200 bytes.
  Key dead_address{};      ///< Identity key of a recipient whose mailbox does not exist, else zero.
};

/// A message came in. Duplicates (by `dedupe`) only add what is new: another of our addresses.
struct ReceiveMessage {
  Channel channel = Channel::email;
  std::vector<ChannelId> addressed;  ///< Our channels written to, first decides; at least one.
  Instant received_at;     ///< When the channel accepted responsibility; clocks start here.
  IdentityContent sender;  ///< key zero if there is no usable sender (null path, unparsable).
  bool sender_authenticated = false;
  TicketId token_ticket;  ///< From a signed token that verified, else zero.
  std::vector<Key>
      references;  ///< Thread keys: In-Reply-To first, then References newest first; at most 100.
  Key own_key;     ///< Thread key of its own Message-ID, or zero.
  Key dedupe;      ///< Message-ID + body hash, or body digest; zero: never a duplicate.
  Duration dedupe_for = days(90);
  Key subject_key;             ///< Of the subject without Re:/Fwd: prefixes; zero if empty.
  bool reply_subject = false;  ///< The subject carried a reply or forward prefix.
  Machine machine = Machine::none;
  std::optional<BounceReport> bounce;
  /// Verified to be the same person: the first that is known tells who `sender` is.
  std::vector<IdentityContent> also{};
  bool sender_is_external = false;    ///< `sender` is an id of the company's own; two never meet.
  Consent consent = Consent::unsaid;  ///< What the message says about writing to its sender.
  AgentId answered_by{};  ///< A call that this agent has taken: theirs at once, and answered.
  ContentPtr content;
};

struct AcceptOffer {
  OfferId offer;
};
struct DeclineOffer {
  OfferId offer;
  std::string reason;
};

/// Presence of `agent`; an agent sets their own, a supervisor anyone's.
struct SetPresence {
  AgentId agent;
  Presence presence = Presence::available;
  std::string reason;
};
/// First console session of an agent came up, or the last one went away.
struct AgentConnected {
  AgentId agent;
};
struct AgentDisconnected {
  AgentId agent;
};

/// By an agent, or by the system: what it says by itself takes no ticket and stops no clock.
struct SendReply {
  TicketId ticket;
  std::optional<std::uint32_t>
      expected_seq;  ///< Refused with ticket_changed if a customer or another agent wrote after it.
  Key client_key;    ///< Hash of (agent, client_id): the same receipt on repeat; zero: none.
  Key own_key;       ///< Thread key of the Message-ID drawn at the edge.
  ContentPtr content;
  Duration hold{};  ///< Nothing is sent before; an agent's own, a minute at most, in no chat.
};
struct AddNote {
  TicketId ticket;
  std::optional<std::uint32_t> expected_seq;
  Key client_key;
  ContentPtr content;
  std::vector<AgentId> mentions{};  ///< Those who may not see the ticket are left out.
};

/// A ticket opened by an agent; with content it also sends the first message.
struct CreateTicket {
  ChannelId channel_name;
  QueueId queue;
  Priority priority = Priority::normal;
  IdentityContent to;  ///< Or `customer`.
  CustomerId customer;
  Key client_key;
  Key own_key;
  Key subject_key;
  ContentPtr content;  ///< Subject always; text empty: nothing is sent.
};

struct SetPending {
  TicketId ticket;
};
struct SetOnHold {
  TicketId ticket;
};
struct ResolveTicket {
  TicketId ticket;
  std::string disposition;
};
/// To a queue (waits there, keeps its age) or to an agent (assigned at once, beyond capacity if
/// need be, then `manual`).
struct TransferTicket {
  TicketId ticket;
  QueueId queue;
  AgentId agent;
  ContentPtr note;
};
struct SetPriority {
  TicketId ticket;
  Priority priority = Priority::normal;
};
/// Takes a queued ticket by hand.
struct ClaimTicket {
  TicketId ticket;
};

struct StartSend {
  MessageId message;
};  ///< Committed before the first byte leaves.
struct RecordDelivery {
  MessageId message;  ///< Zero: the one that `provider_key` was told for.
  DeliveryState state =
      DeliveryState::sent;  ///< queued (with retry_at), sent, delivered, failed or unknown.
  Instant retry_at;         ///< With `queued`: try again then.
  std::string detail;
  Key provider_key{};  ///< Of the provider's id of it: remembered, later receipts name it.
};

/// A supervisor has what is waiting to be tried again tried now.
struct HurryDelivery {
  MessageId message;
};

/// What a message named and its provider kept has been fetched, or given up.
struct AttachMedia {
  MessageId message;
  ContentPtr content;  ///< `attachments`, all of the message's, and their `blobs`.
};

/// An address is known to be a customer's. Refused when it is someone else's.
struct BindIdentity {
  CustomerId customer;
  IdentityContent identity;
};

/// Creates or changes an agent (log-ins are plain rows elsewhere). Presence is not touched.
struct PutAgent {
  AgentId agent;
  Role role = Role::agent;
  bool enabled = true;
  std::vector<SkillLevel> skills;
  std::vector<QueueId> queues;
  std::uint16_t capacity_percent = 100;
};

struct ReplacePolicy {
  PolicyPtr policy;
};
struct ClockStepped {
  Duration by;
};  ///< Forward only; moves offer countdowns, not SLA deadlines.
struct Restarted {};  ///< First command after a start: rescinds offers that ran out, grants grace.
struct Tick {};       ///< Fires what is due; emits nothing when nothing is.

/// The ticket stays its agent's, gives its capacity back and comes back by itself at `until`, with
/// the customer's next message, or as soon as an agent does something to it.
struct SnoozeTicket {
  TicketId ticket;
  Instant until;  ///< Ahead, by a year at most.
};
struct UnsnoozeTicket {
  TicketId ticket;
};
struct TagTicket {
  TicketId ticket;
  std::vector<std::string> add, remove;
};
/// Takes back a held reply, as if it had not been sent: its author or a supervisor.
struct WithdrawMessage {
  TicketId ticket;
  MessageId message;
};
/// Somebody did this to the desk itself, in rows that no command writes: kept in the journal, so
/// that it can be asked who did. Macros take a supervisor, what is another's takes an admin.
struct NoteAct {
  DeskAct act = DeskAct::none;
  AgentId whom;             ///< Whose password, token, session or second factor; zero: nobody's.
  std::uint64_t thing = 0;  ///< The macro's id, or the number that names the token or session.
};

using CommandBody =
    std::variant<ReceiveMessage, AcceptOffer, DeclineOffer, SetPresence, AgentConnected,
                 AgentDisconnected, SendReply, AddNote, CreateTicket, SetPending, SetOnHold,
                 ResolveTicket, TransferTicket, SetPriority, ClaimTicket, StartSend, RecordDelivery,
                 PutAgent, ReplacePolicy, ClockStepped, Restarted, Tick, AttachMedia, BindIdentity,
                 SnoozeTicket, UnsnoozeTicket, TagTicket, WithdrawMessage, NoteAct, HurryDelivery>;

struct Command {
  Actor actor;
  CommandBody body;
};

/// What a durable command answers to whoever waits.
struct Receipt {
  std::uint64_t seq = 0;  ///< Journal sequence; 0 when nothing was emitted.
  TicketId ticket;
  MessageId message;
  OfferId offer;
  std::uint32_t message_seq = 0;
  bool duplicate = false;  ///< Seen before; ids name the first one.
};

}  // namespace deskwire
