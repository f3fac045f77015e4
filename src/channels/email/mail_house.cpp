// SPDX-License-Identifier: Apache-2.0
#include "channels/email/mail_house.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "auth/mail_keys.hpp"
#include "channels/email/trace_header.hpp"

namespace deskwire::email {
namespace asio = boost::asio;
namespace {

/// Addresses remembered for their rate in one minute; past it the counts start anew, which only
/// ever lets more in.
constexpr std::size_t kMaxRemotes = 100'000;

const SmtpReply kBusy{451, "4.3.2", "Busy; try again soon"};
const SmtpReply kOurFault{451, "4.3.0", "Local trouble; try again later"};
const SmtpReply kNoRoom{452, "4.3.1", "No room for mail now; try again later"};

SmtpReply reply_for(Refusal refusal) {
  switch (refusal) {
    case Refusal::not_allowed:
    case Refusal::cannot_send_here:
      return {550, "5.7.1", "This mail is not accepted"};
    // A mail asks for nothing by name: these speak of our configuration or of a defect of ours.
    case Refusal::no_such_ticket:
    case Refusal::no_such_offer:
    case Refusal::no_such_agent:
    case Refusal::no_such_queue:
    case Refusal::no_such_message:
    case Refusal::not_offered_to_you:
    case Refusal::offer_ended:
    case Refusal::not_your_ticket:
    case Refusal::wrong_state:
    case Refusal::ticket_closed:
    case Refusal::ticket_changed:
    case Refusal::agent_disabled:
    case Refusal::queue_not_empty:
    case Refusal::invalid_argument:
    case Refusal::opted_out:
    case Refusal::identity_taken:
    case Refusal::no_such_customer:
    case Refusal::already_sent:
    case Refusal::too_many_tags:
      return kOurFault;
  }
  return kOurFault;
}

std::string queued_as(const Receipt& receipt) {
  std::string out = "Ok: queued as ";
  if (receipt.ticket) out += std::to_string(receipt.ticket.value) + "/";
  return out + std::to_string(receipt.message.value);
}

std::string domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string{} : std::string(address.substr(at + 1));
}

}  // namespace

SmtpReply reply_for(const Submission& submission) {
  switch (submission.kind) {
    case Submission::Kind::done:
      return {250, "2.0.0", queued_as(submission.receipt)};
    case Submission::Kind::refused:
      spdlog::warn("smtp: the engine refused a mail: {}", name(submission.refusal));
      return reply_for(submission.refusal);
    case Submission::Kind::busy:
      return submission.disk_full ? kNoRoom : kBusy;
    case Submission::Kind::failed:
      return kOurFault;
  }
  return kOurFault;
}

MailHouse::MailHouse(Seams seams, EmailServerSettings settings,
                     std::shared_ptr<const Mailboxes> mailboxes,
                     std::shared_ptr<asio::ssl::context> tls)
    : seams_(std::move(seams)),
      settings_(std::move(settings)),
      mailboxes_(std::move(mailboxes)),
      tls_(std::move(tls)),
      budget_(settings_.memory_bytes, settings_.spool_bytes),
      guard_(std::make_shared<PoisonGuard>(settings_.spool_directory + "/parsing.notes")) {}

void MailHouse::replace_mailboxes(std::shared_ptr<const Mailboxes> mailboxes) {
  mailboxes_ = std::move(mailboxes);
}

std::optional<SmtpReply> MailHouse::enter(const std::string& remote) {
  if (sessions_ >= settings_.max_sessions)
    return SmtpReply{421, "4.3.2", settings_.hostname + " Too many sessions; try again soon"};
  if (!remote.empty()) {
    auto& here = remotes_[remote];
    if (here.sessions >= settings_.max_sessions_per_address) {
      return SmtpReply{421, "4.7.0", settings_.hostname + " Too many sessions from your address"};
    }
    ++here.sessions;
  }
  ++sessions_;
  return std::nullopt;
}

void MailHouse::leave(const std::string& remote) {
  --sessions_;
  const auto found = remotes_.find(remote);
  if (found == remotes_.end()) return;
  if (--found->second.sessions == 0 && found->second.mails == 0) remotes_.erase(found);
}

std::optional<SmtpReply> MailHouse::refuse_mail(const std::string& remote) {
  if (!seams_.gateway.accepts_intake()) return kNoRoom;
  if (settings_.max_mails_per_minute == 0 || remote.empty()) return std::nullopt;
  if (remotes_.size() > kMaxRemotes) forget_rates();
  if (++remotes_[remote].mails > settings_.max_mails_per_minute) {
    return SmtpReply{450, "4.7.1", "Too many mails from your address; try again in a minute"};
  }
  return std::nullopt;
}

void MailHouse::forget_rates() {
  for (auto& [address, remote] : remotes_) remote.mails = 0;
  std::erase_if(remotes_, [](const auto& entry) { return entry.second.sessions == 0; });
}

/// RFC 5321 §4.5.1: "postmaster" is always someone, with our domain or without any.
RecipientVerdict MailHouse::recipient(std::string_view address) const {
  using Kind = RecipientVerdict::Kind;
  if (mailboxes_->find(address)) return {Kind::ours, std::string(address)};
  const std::string wanted = normalise_email(address), domain = domain_of(wanted);
  const bool our_domain = std::ranges::any_of(mailboxes_->all(), [&](const Mailbox& mailbox) {
    return domain_of(normalise_email(mailbox.address)) == domain;
  });
  if (!domain.empty() && !our_domain) return {Kind::relay, {}};
  if (wanted.substr(0, wanted.rfind('@')) != "postmaster") return {Kind::unknown, {}};
  if (!settings_.postmaster.empty() && mailboxes_->find(settings_.postmaster))
    return {Kind::ours, settings_.postmaster};
  if (mailboxes_->all().empty()) return {Kind::unknown, {}};
  return {Kind::ours, mailboxes_->all().front().address};
}

bool MailHouse::take_handshake() {
  if (handshakes_ >= settings_.max_tls_handshakes) return false;
  ++handshakes_;
  return true;
}

std::string MailHouse::next_mail_id() {
  return std::to_string(now().ms) + "." + std::to_string(++mails_);
}

asio::awaitable<SmtpReply> MailHouse::take(Envelope envelope, std::shared_ptr<MailBody> body) {
  std::optional<Command> command;
  try {
    // The job owns all it touches: were this coroutine destroyed meanwhile, the worker would not
    // notice.
    auto job = [parse = seams_.parse, opaque = seams_.parse_opaque, guard = guard_,
                envelope = std::move(envelope), body]() -> std::optional<Command> {
      std::optional<Command> parsed;
      body->with_bytes([&](std::string_view raw) {
        if (count_hops(raw) > kMaxHops) return;
        const PoisonGuard::Parsing parsing(*guard, raw);
        parsed = parsing.poisonous() && opaque ? opaque(envelope, raw) : parse(envelope, raw);
      });
      return parsed;
    };
    command = co_await seams_.workers.run(Workers::Pool::parse, std::move(job));
  } catch (const Busy&) {
    co_return kBusy;
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) throw;  // We are being stopped.
    spdlog::error("smtp: a mail could not be taken: {}", e.what());
    co_return kOurFault;
  } catch (const std::system_error& e) {
    spdlog::error("smtp: {}", e.what());
    co_return kNoRoom;
  } catch (const std::exception& e) {
    spdlog::error("smtp: a mail could not be taken: {}", e.what());
    co_return kOurFault;
  }
  if (!command) co_return SmtpReply{554, "5.4.6", "Too many hops; the mail runs in circles"};
  body.reset();  // A command holds what it needs; the spool's room is free for the next mail while
                 // this one is committed.
  Command named = std::move(*command);
  const Submission submission = co_await seams_.gateway.submit(std::move(named), Lane::intake);
  co_return reply_for(submission);
}

}  // namespace deskwire::email
