// SPDX-License-Identifier: Apache-2.0
// The stored form of every entity and event, for good: the name is the key in JSON, the place in
// the list is the place in the compact row form. So fields are only ever added, at the end, and
// none is renamed, moved or removed; the golden files in tests/codec hold us to it.
#pragma once
#include "codec/describe.hpp"
#include "deskwire/domain/content.hpp"
#include "deskwire/domain/entities.hpp"
#include "deskwire/domain/events.hpp"

namespace deskwire::codec {

// Entities.
DESKWIRE_FIELDS(SkillLevel, skill, level);
DESKWIRE_FIELDS(Clock, metric, state, sla, calendar, target, started_at, resumed_at, used, due_at,
                warn_at, warned, stopped_at, under, sent_at);
DESKWIRE_FIELDS(Exclusion, agent, until, because);
DESKWIRE_FIELDS(Ticket, id, state, queue, channel, channel_name, priority, customer, linked_to,
                policy_version, rule, sla, created_at, updated_at, queued_at, state_since, rank,
                required, agent, assigned_at, weight_percent, manual, preferred, preferred_until,
                last_agent, offer, exclusions, clocks, last_seq, last_in_seq, subject_key,
                participants, addressed, disposition, conversation, visible_seq, snoozed_until,
                tags, last_writer, last_writer_seq, other_writer_seq, held, asked_at, asked_in,
                answered_at, answered_in, answered_by);
DESKWIRE_FIELDS(Agent, id, role, enabled, skills, queues, capacity_percent, presence,
                presence_reason, presence_since, connected, grace_until, idle_since, missed_in_row,
                last_offer_at);
DESKWIRE_FIELDS(CandidateVerdict, agent, verdict, skill, load_percent, idle_since);
DESKWIRE_FIELDS(Decision, policy_version, rule, step, rank, strategy, preferred, matched,
                candidates, candidates_total, waiting_total);
DESKWIRE_FIELDS(Offer, id, ticket, agent, made_at, expires_at, end, cause, decline_reason, ended_at,
                weight_percent, why);
DESKWIRE_FIELDS(Message, id, ticket, seq, direction, channel, channel_name, author_kind, author, at,
                machine, unverified, sender_authenticated, delivery, delivery_detail, visible_seq,
                held_until, mentions);
DESKWIRE_FIELDS(Customer, id, created_at, tier, last_agent, merged_into);
DESKWIRE_FIELDS(OutboxItem, message, ticket, channel, channel_name, state, attempts, created_at,
                next_attempt_at, held_until, took_ticket, snoozed_until, late);

// Content: what is kept beside subject, text, html and the raw mail.
DESKWIRE_FIELDS(MailAddress, name, address);
DESKWIRE_FIELDS(Attachment, n, name, type, size_bytes, content_id, blob_sha256, part, source_url);
DESKWIRE_FIELDS(MessageContent, from, to, cc, message_id, references, language, attachments,
                reply_to, forwarded_by);

// Events.
DESKWIRE_FIELDS(CustomerCreated, customer, at);
DESKWIRE_FIELDS(TicketOpened, ticket);
DESKWIRE_FIELDS(MessageReceived, message, verified_participant, sender);
DESKWIRE_FIELDS(MessageAddressed, message, ticket, channel_name);
DESKWIRE_FIELDS(ReplySent, message, outbox);
DESKWIRE_FIELDS(NoteAdded, message);
DESKWIRE_FIELDS(TicketQueued, ticket, queue, policy_version, rule, priority, required, queued_at,
                rank, preferred, preferred_until, at);
DESKWIRE_FIELDS(TicketReranked, ticket, rank);
DESKWIRE_FIELDS(PreferenceEnded, ticket);
DESKWIRE_FIELDS(PriorityChanged, ticket, priority, at);
DESKWIRE_FIELDS(OfferMade, offer);
DESKWIRE_FIELDS(OfferAccepted, offer, ticket, agent, at);
DESKWIRE_FIELDS(OfferDeclined, offer, ticket, agent, reason, at, excluded_until);
DESKWIRE_FIELDS(OfferExpired, offer, ticket, agent, end, at, excluded_until);
DESKWIRE_FIELDS(OfferRescinded, offer, ticket, agent, cause, at);
DESKWIRE_FIELDS(OfferMoved, offer, expires_at);
DESKWIRE_FIELDS(TicketAssigned, ticket, agent, weight_percent, manual, at);
DESKWIRE_FIELDS(TicketUnassigned, ticket, agent, at);
DESKWIRE_FIELDS(TicketStateChanged, ticket, from, to, disposition, at);
DESKWIRE_FIELDS(ClockStarted, ticket, clock);
DESKWIRE_FIELDS(ClockChanged, ticket, clock);
DESKWIRE_FIELDS(SlaWarned, ticket, metric, due_at, at);
DESKWIRE_FIELDS(SlaBreached, ticket, metric, due_at, at);
DESKWIRE_FIELDS(PresenceChanged, agent, presence, reason, at);
DESKWIRE_FIELDS(AgentConnectionChanged, agent, connected, grace_until, at);
DESKWIRE_FIELDS(AgentPut, agent);
DESKWIRE_FIELDS(SendStarted, message, attempt, at);
DESKWIRE_FIELDS(DeliveryRecorded, message, ticket, state, retry_at, detail, at);
DESKWIRE_FIELDS(PolicyReplaced, version, at);
DESKWIRE_FIELDS(ClockStepNoted, by, at);
DESKWIRE_FIELDS(DaemonRestarted, at);
DESKWIRE_FIELDS(MediaAttached, message, ticket, at);
DESKWIRE_FIELDS(IdentityBound, customer, identity, at);
DESKWIRE_FIELDS(ConsentChanged, identity, customer, channel, consent, at);
DESKWIRE_FIELDS(TicketSnoozed, ticket, agent, until, at);
DESKWIRE_FIELDS(TicketWoken, ticket, agent, cause, at);
DESKWIRE_FIELDS(TicketTagged, ticket, added, removed, at);
DESKWIRE_FIELDS(ActNoted, act, whom, thing, at);
DESKWIRE_FIELDS(MessageWithdrawn, message, ticket, at);

}  // namespace deskwire::codec
