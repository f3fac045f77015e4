// SPDX-License-Identifier: Apache-2.0
#include "simulate/senders.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "simulate/office.hpp"

namespace deskwire::sim {
namespace {

constexpr std::size_t kRecentKeys = 6;     ///< That a mail program would put into References.
constexpr std::size_t kRepeatWindow = 64;  ///< Mails that may be delivered once more.
constexpr Duration kShortMemory = minutes(10);
constexpr std::array kWords{"hello", "thanks", "please", "refund", "broken", "contract", "sale"};

/// A conversation goes on where its own people write, not where machines and strangers end up.
bool moves_thread(const Mail& mail) {
  return mail.kind != Mail::Kind::machine && mail.kind != Mail::Kind::bounce &&
         mail.kind != Mail::Kind::stranger;
}

/// A duplicate names the ticket of the first delivery, which may be closed by now.
void move_on(TicketId& ticket, const Receipt& receipt) {
  ticket = receipt.duplicate ? std::max(ticket, receipt.ticket) : receipt.ticket;
}

void remember(Thread& thread, Key key) {
  thread.recent.push_front(key);
  if (thread.recent.size() > kRecentKeys) thread.recent.pop_back();
}

}  // namespace

Senders::Senders(Random& random) {
  people_.resize(12 + random.below(20));
  for (Key& person : people_) person = random.key();
}

IdentityContent Senders::person(std::size_t index) const {
  const std::string name = "person" + std::to_string(index);
  return {.key = people_[index], .kind = "email", .value = name + "@example.test", .name = name};
}

const Mail* Senders::mail(const ReceiveMessage& command) const {
  const auto found = mails_.find(command.content->message_id);
  return found == mails_.end() ? nullptr : &found->second;
}

std::size_t Senders::open_thread(Random& random, std::size_t writer) {
  Thread thread;
  thread.writer = writer;
  constexpr std::array<unsigned, 4> kShares{60, 20, 8, 12};
  thread.channel = {random.weighted(kShares) + 1};
  thread.kind = thread.channel.value == 3   ? Channel::sms
                : thread.channel.value == 4 ? Channel::chat
                                            : Channel::email;
  thread.subject_key = random.key();
  threads_.push_back(std::move(thread));
  return threads_.size() - 1;
}

ReceiveMessage Senders::draft(Random& random, const Thread& thread, std::size_t writer,
                              Instant now) {
  auto content = std::make_shared<MessageContent>();
  content->message_id = "mail-" + std::to_string(next_number_++);
  content->subject = kWords[random.below(3)];
  content->text = kWords[random.below(kWords.size())];
  ReceiveMessage mail;
  mail.channel = thread.kind;
  mail.addressed = {thread.channel};
  mail.received_at = random.one_in(8) ? now - random.between(Duration{}, hours(1)) : now;
  mail.sender = person(writer);
  mail.sender_authenticated = random.chance(70);
  mail.own_key = random.key();
  mail.dedupe = random.key();
  if (random.one_in(10)) mail.dedupe_for = kShortMemory;
  mail.subject_key = thread.subject_key;
  mail.content = std::move(content);
  return mail;
}

/// References as mail programs write them: the newest first, always the root.
void Senders::refer(Random& random, const Thread& thread, ReceiveMessage& mail) const {
  const std::size_t n = random.one_in(4) ? 0 : thread.recent.size();
  mail.references.assign(thread.recent.begin(),
                         thread.recent.begin() + static_cast<std::ptrdiff_t>(n));
  if (n == 0 && !thread.recent.empty()) mail.references.push_back(thread.recent.front());
  mail.references.push_back(thread.root);
  mail.reply_subject = true;
}

void Senders::record(Mail::Kind kind, std::size_t thread, const ReceiveMessage& command) {
  const std::string& id = command.content->message_id;
  const std::uint64_t number = std::stoull(id.substr(id.find('-') + 1));
  mails_[id] = {.number = number, .kind = kind, .thread = thread};
  if (sent_.size() == kRepeatWindow) sent_.erase(sent_.begin());
  sent_.push_back(command);
}

std::vector<ReceiveMessage> Senders::write_opening(Random& random, Instant now) {
  const std::size_t index = open_thread(random, random.below(people_.size()));
  Thread& thread = threads_[index];
  ReceiveMessage mail = draft(random, thread, thread.writer, now);
  thread.root = mail.own_key;
  remember(thread, mail.own_key);
  record(Mail::Kind::opening, index, mail);
  return {std::move(mail)};
}

/// Two mails of a new thread in one batch, half of the time the answer first: it refers to a mail
/// that the desk has never seen.
std::vector<ReceiveMessage> Senders::write_pair(Random& random, Instant now) {
  std::vector<ReceiveMessage> mails = write_opening(random, now);
  mails.push_back(write_reply(random, threads_.size() - 1, now));
  if (random.chance(50)) {
    std::swap(mails[0], mails[1]);
    mails_[mails[0].content->message_id].kind = Mail::Kind::opening;
    mails_[mails[1].content->message_id].kind = Mail::Kind::reply;
  }
  return mails;
}

ReceiveMessage Senders::write_reply(Random& random, std::size_t index, Instant now) {
  Thread& thread = threads_[index];
  const bool as_other = !thread.others.empty() && random.chance(30);
  ReceiveMessage mail =
      draft(random, thread, as_other ? random.pick(thread.others) : thread.writer, now);
  refer(random, thread, mail);
  remember(thread, mail.own_key);
  record(Mail::Kind::reply, index, mail);
  return mail;
}

ReceiveMessage Senders::write_by_token(Random& random, std::size_t index, Instant now) {
  Thread& thread = threads_[index];
  const std::size_t writer = random.one_in(4) ? random.below(people_.size()) : thread.writer;
  if (writer != thread.writer && thread.others.size() < 4) thread.others.push_back(writer);
  ReceiveMessage mail = draft(random, thread, writer, now);
  mail.token_ticket = thread.durable_ticket;
  mail.reply_subject = true;
  // References that a mail server overwrote must not matter.
  if (random.chance(50)) mail.references.push_back(random.key());
  remember(thread, mail.own_key);
  record(Mail::Kind::by_token, index, mail);
  return mail;
}

ReceiveMessage Senders::write_as_stranger(Random& random, std::size_t index, Instant now) {
  Thread& thread = threads_[index];
  const std::size_t writer = random.below(people_.size());
  const bool known =
      writer == thread.writer || std::ranges::find(thread.others, writer) != thread.others.end();
  ReceiveMessage mail = draft(random, thread, writer, now);
  refer(random, thread, mail);
  record(known ? Mail::Kind::reply : Mail::Kind::stranger, index, mail);
  return mail;
}

ReceiveMessage Senders::write_new_subject(Random& random, std::size_t index, Instant now) {
  ReceiveMessage mail = draft(random, threads_[index], threads_[index].writer, now);
  refer(random, threads_[index], mail);
  mail.reply_subject = false;
  mail.subject_key = random.key();
  const std::size_t fresh = open_thread(random, threads_[index].writer);
  Thread& thread = threads_[fresh];
  thread.channel = threads_[index].channel;
  thread.kind = threads_[index].kind;
  thread.subject_key = mail.subject_key;
  thread.root = mail.own_key;
  remember(thread, mail.own_key);
  record(Mail::Kind::new_subject, fresh, mail);
  return mail;
}

ReceiveMessage Senders::write_machine(Random& random, std::size_t index, Instant now) {
  const bool alone = random.chance(40);
  ReceiveMessage mail = draft(random, threads_[index],
                              alone ? random.below(people_.size()) : threads_[index].writer, now);
  constexpr std::array kKinds{Machine::auto_reply, Machine::bulk, Machine::own_address,
                              Machine::no_reply};
  mail.machine = kKinds[random.below(kKinds.size())];
  if (alone) {
    mail.subject_key = random.key();
  } else {
    refer(random, threads_[index], mail);
  }
  if (mail.channel == Channel::sms && random.chance(60)) {
    mail.machine = Machine::keyword;
    mail.consent = random.chance(50) ? Consent::withdrawn : Consent::granted;
  } else if (random.one_in(3)) {
    mail.sender = {};
  }
  record(Mail::Kind::machine, index, mail);
  return mail;
}

ReceiveMessage Senders::bounce(Random& random, MessageId message, Key key, Instant now) {
  const std::size_t index = threads_.empty() ? open_thread(random, 0) : 0;
  ReceiveMessage mail = draft(random, threads_[index], 0, now);
  mail.sender = {};
  mail.machine = Machine::bounce;
  mail.subject_key = {};
  BounceReport report;
  if (random.chance(60)) report.message = message;
  if (!report.message || random.chance(50)) report.message_key = key;
  report.permanent = random.chance(60);
  report.detail = report.permanent ? "5.1.1 no such user" : "4.4.1 still trying";
  mail.bounce = std::move(report);
  record(Mail::Kind::bounce, index, mail);
  return mail;
}

std::optional<std::size_t> Senders::pick_thread(Random& random) {
  if (threads_.empty()) return std::nullopt;
  // Lively conversations are young ones; now and then somebody digs out an old one.
  const std::size_t window =
      random.one_in(10) ? threads_.size() : std::min<std::size_t>(threads_.size(), 40);
  const std::size_t index = threads_.size() - 1 - random.below(window);
  if (!threads_[index].ticket) return std::nullopt;
  return index;
}

std::vector<ReceiveMessage> Senders::write(Random& random, Instant now) {
  constexpr std::array<unsigned, 8> kWeights{38, 8, 26, 9, 5, 4, 7, 3};
  const std::size_t what = random.weighted(kWeights);
  const std::optional<std::size_t> thread = pick_thread(random);
  if (what == 0 || !thread) return write_opening(random, now);
  switch (what) {
    case 1:
      return write_pair(random, now);
    case 2:
      return {write_reply(random, *thread, now)};
    case 3:
      // A ticket that was not acknowledged has written to nobody: its token is not known yet.
      if (!threads_[*thread].durable_ticket) return {write_reply(random, *thread, now)};
      return {write_by_token(random, *thread, now)};
    case 4:
      return {write_as_stranger(random, *thread, now)};
    case 5:
      return {write_new_subject(random, *thread, now)};
    case 6:
      return {write_machine(random, *thread, now)};
    default:
      return {write_reply(random, *thread, now), write_reply(random, *thread, now)};
  }
}

std::optional<ReceiveMessage> Senders::repeat(Random& random, Instant now) {
  if (sent_.empty()) return std::nullopt;
  ReceiveMessage mail = random.pick(sent_);
  // Half of what the desk remembers, so that a delayed receipt cannot make it forget in between.
  if (mail.received_at + mail.dedupe_for / 2 < now) return std::nullopt;
  if (mail.channel == Channel::email && random.chance(40))
    mail.addressed = {ChannelId{1 + random.below(2)}};
  return mail;
}

void Senders::add_thread(const IdentityContent& to, Key subject_key, Key root, TicketId ticket) {
  Thread thread;
  thread.writer = static_cast<std::size_t>(std::ranges::find(people_, to.key) - people_.begin());
  thread.channel = {1};
  thread.subject_key = subject_key;
  thread.root = root;
  thread.recent.push_front(root);
  thread.ticket = ticket;
  threads_.push_back(std::move(thread));
}

void Senders::add_key(TicketId ticket, Key key) {
  // Newest first: conversations that an agent answers are mostly young.
  const auto found = std::find_if(threads_.rbegin(), threads_.rend(),
                                  [&](const Thread& t) { return t.ticket == ticket; });
  if (found != threads_.rend()) remember(*found, key);
}

void Senders::thread_acknowledged(Key root, TicketId ticket) {
  const auto found = std::find_if(threads_.rbegin(), threads_.rend(),
                                  [&](const Thread& t) { return t.root == root; });
  if (found != threads_.rend()) found->durable_ticket = ticket;
}

void Senders::placed(const Mail& mail, const Receipt& receipt) {
  if (moves_thread(mail)) move_on(threads_[mail.thread].ticket, receipt);
}

void Senders::acknowledged(const Mail& mail, const Receipt& receipt) {
  if (!moves_thread(mail)) return;
  move_on(threads_[mail.thread].ticket, receipt);
  move_on(threads_[mail.thread].durable_ticket, receipt);
}

void Senders::forget_undurable() {
  for (Thread& thread : threads_) thread.ticket = thread.durable_ticket;
}

}  // namespace deskwire::sim
