// SPDX-License-Identifier: Apache-2.0
// Answers, notes, and tickets that an agent opens. What the client sends twice under one client_id
// is written once.
#include <algorithm>
#include <memory>
#include <utility>

#include "auth/mail_keys.hpp"
#include "auth/phone_keys.hpp"
#include "codec/wire.hpp"
#include "console/methods.hpp"
#include "deskwire/base/utf8.hpp"
#include "text/mentions.hpp"
#include "text/phone.hpp"
#include "text/subject.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kTextBytes = 64u << 10;
constexpr std::size_t kSubjectBytes = 998;
constexpr std::size_t kClientIdBytes = 200;
constexpr std::size_t kNameBytes = 200;
constexpr std::size_t kAddressBytes = 512;
constexpr std::size_t kAttachments = 20;
constexpr std::size_t kCopies = 10;
constexpr std::size_t kMentions = 20;
constexpr std::uint64_t kHoldSeconds = 60;
constexpr std::size_t kMentionBytes = 240;
/// Enough to find whom to answer; nothing needs all of a thread of thousands.
constexpr std::uint32_t kEarlier = 100;

/// What ticket.reply and ticket.note have in common.
struct Writing {
  TicketId ticket;
  std::string client_id;
  std::string text;
  std::vector<std::uint64_t> attachments;
  std::optional<std::uint32_t> expected_seq;
};

Writing read_writing(JsonReader& reader) {
  Writing out{.ticket = reader.id<TicketId>("ticket"),
              .client_id = reader.text("client_id", kClientIdBytes),
              .text = reader.optional_text("text", kTextBytes).value_or(""),
              .attachments = reader.numbers("attachments", kAttachments),
              .expected_seq = std::nullopt};
  if (const auto seq = reader.optional_number("expected_seq", 0, 0xffffffff))
    out.expected_seq = static_cast<std::uint32_t>(*seq);
  if (out.client_id.empty()) reader.fail("client_id", "a text that names this writing");
  if (out.text.empty() && out.attachments.empty()) reader.fail("text", "something to say");
  return out;
}

ContentPtr shared(MessageContent content) {
  return std::make_shared<const MessageContent>(std::move(content));
}

}  // namespace

Key Methods::client_key(AgentId agent, std::string_view kind, TicketId ticket,
                        std::string_view client_id) const {
  std::string value = std::to_string(agent.value) + ":" + std::to_string(ticket.value) + ":";
  value.append(kind).append(":").append(client_id);
  return keys_.key("client", value);
}

Methods::Answer Methods::message_answer(Receipt receipt) {
  json::object message = co_await desk_.lookup().message(receipt.message);
  co_return json::object{{"message", std::move(message)}, {"seq", wire_seq(receipt)}};
}

asio::awaitable<std::expected<Uploads, RpcError>> Methods::read_uploads(
    AgentId owner, std::vector<std::uint64_t> ids) {
  if (ids.empty()) co_return Uploads{};
  auto job = [ids](Reader& reader) {
    Uploads out;
    for (const std::uint64_t id : ids)
      if (auto row = reader.upload(id)) out.push_back(std::move(*row));
    return out;
  };
  Uploads found = co_await desk_.workers().read(std::move(job));
  std::erase_if(found, [owner](const UploadRow& row) { return row.user != owner; });
  if (found.size() != ids.size())
    co_return std::unexpected(rpc_invalid("attachments: one of them is not an upload of yours"));
  std::uint64_t bytes = 0;
  for (const UploadRow& row : found) bytes += row.size_bytes;
  if (bytes > settings_.attachment_bytes)
    co_return std::unexpected(rpc_invalid("attachments: together at most " +
                                          std::to_string(settings_.attachment_bytes) + " bytes"));
  co_return found;
}

std::vector<MailAddress> Methods::read_copies(JsonReader& reader) const {
  std::vector<MailAddress> out;
  for (const std::string& one : reader.texts("cc", kCopies)) {
    MailAddress address = read_address(one);
    if (one.size() > kAddressBytes || !email_identity(keys_, address.name, address.address).key)
      reader.fail("cc", "mail addresses");
    else if (settings_.is_ours(address.address))
      reader.fail("cc", "addresses that are not this desk's own");
    out.push_back(std::move(address));
  }
  return out;
}

asio::awaitable<std::vector<MessageRow>> Methods::earlier(const Ticket& ticket) {
  const std::uint32_t last = ticket.last_seq;
  auto job = [id = ticket.id, last](Reader& r) {
    return r.messages(id, last > kEarlier ? last - kEarlier : 0, kEarlier);
  };
  co_return co_await desk_.workers().read(std::move(job));
}

/// Whom ticket.reply would write to, and who read along so far.
Methods::Answer Methods::recipients(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto row = co_await desk_.lookup().find_ticket(session->who->id, id);
  if (!row) co_return std::unexpected(rpc_error(row.error()));
  Recipients found = recipients_of(co_await earlier(row->ticket));
  std::erase_if(found.cc, [&](const MailAddress& one) {
    const auto same = [&](const MailAddress& to) {
      return normalise_email(to.address) == normalise_email(one.address);
    };
    return settings_.is_ours(one.address) || std::ranges::any_of(found.to, same);
  });
  co_return json::object{{"to", wire::addresses(found.to)}, {"cc", wire::addresses(found.cc)}};
}

Methods::Answer Methods::reply(SessionPtr session, Params params) {
  JsonReader reader(params);
  Writing writing = read_writing(reader);
  std::vector<MailAddress> cc = read_copies(reader);
  const std::uint64_t hold = reader.optional_number("hold_seconds", 0, kHoldSeconds).value_or(0);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const AgentId me = session->who->id;
  const auto row = co_await desk_.lookup().find_ticket(me, writing.ticket);
  if (!row) co_return std::unexpected(rpc_error(row.error()));
  auto uploads = co_await read_uploads(me, std::move(writing.attachments));
  if (!uploads) co_return std::unexpected(uploads.error());
  const auto said = co_await earlier(row->ticket);
  const OutboundIds ids = settings_.draw_outbound(row->ticket.channel_name, writing.ticket);
  MessageContent content =
      compose_reply(*row, said, ids, session->who->name, std::move(writing.text), *uploads);
  // A visitor needs no address to be answered; a caller is answered by telephone.
  const Channel channel = row->ticket.channel;
  if (channel == Channel::voice || (content.to.empty() && channel != Channel::chat))
    co_return std::unexpected(rpc_error(Refusal::cannot_send_here));
  if (hold > 0 && channel == Channel::chat)
    co_return std::unexpected(rpc_invalid("hold_seconds: what is said in a chat is said at once"));
  if (!cc.empty() && channel != Channel::email)
    co_return std::unexpected(rpc_invalid("cc: only a mail has copies"));
  content.cc = std::move(cc);
  SendReply command;
  command.hold = seconds(static_cast<std::int64_t>(hold));
  command.ticket = writing.ticket;
  command.expected_seq = writing.expected_seq;
  command.client_key = client_key(me, "reply", writing.ticket, writing.client_id);
  command.own_key = message_id_key(keys_, ids.message_id);
  command.content = shared(std::move(content));
  const auto done = co_await submit(session, std::move(command));
  if (done.kind != Submission::Kind::done) co_return std::unexpected(rpc_error(done));
  auto answer = co_await message_answer(done.receipt);
  co_await drop_draft(me, writing.ticket, DraftKind::reply);
  co_return answer;
}

Methods::Answer Methods::note(SessionPtr session, Params params) {
  JsonReader reader(params);
  Writing writing = read_writing(reader);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const AgentId me = session->who->id;
  auto uploads = co_await read_uploads(me, std::move(writing.attachments));
  if (!uploads) co_return std::unexpected(uploads.error());
  AddNote command;
  command.ticket = writing.ticket;
  command.expected_seq = writing.expected_seq;
  command.client_key = client_key(me, "note", writing.ticket, writing.client_id);
  const std::string text = writing.text;
  command.mentions = co_await named_in(text);
  const bool calls = !command.mentions.empty();
  command.content = shared(compose_note(std::move(writing.text), *uploads));
  const auto done = co_await submit(session, std::move(command));
  if (done.kind != Submission::Kind::done) co_return std::unexpected(rpc_error(done));
  auto answer = co_await message_answer(done.receipt);
  co_await drop_draft(me, writing.ticket, DraftKind::note);
  // Said again, nobody is called again.
  if (answer && calls && done.receipt.seq != 0)
    co_await call_mentioned(session, done.receipt, text);
  co_return answer;
}

asio::awaitable<std::vector<AgentId>> Methods::named_in(std::string text) {
  const std::vector<std::string_view> names = text::mentions(text, kMentions);
  std::vector<AgentId> out;
  if (names.empty()) co_return out;
  const PeoplePtr people = co_await desk_.directory().people();
  for (const std::string_view name : names)
    if (const UserRow* user = people->find(name)) out.push_back(user->id);
  co_return out;
}

/// Tells those whom the note calls, which are those who may see its ticket.
asio::awaitable<void> Methods::call_mentioned(SessionPtr session, Receipt receipt,
                                              std::string text) {
  auto read = [id = receipt.message](Reader& reader) { return reader.message(id); };
  const auto note = co_await desk_.workers().read(std::move(read));
  if (!note || note->message.mentions.empty()) co_return;
  const auto row = co_await desk_.lookup().find_ticket(session->who->id, receipt.ticket);
  if (!row) co_return;
  const json::object params{{"ticket", receipt.ticket.value},
                            {"message", receipt.message.value},
                            {"subject", wire::text_or_null(row->subject)},
                            {"by", session->who->name},
                            {"text", utf8_prefix(text, kMentionBytes)}};
  for (const AgentId agent : note->message.mentions) hub_.tell(agent, "mention", params);
}

/// `to`, an address or a number, or `customer`, whose first one it then is.
asio::awaitable<std::expected<Addressee, RpcError>> Methods::read_addressee(SessionPtr session,
                                                                            Params params,
                                                                            Channel channel,
                                                                            std::string region) {
  JsonReader reader(params);
  const auto to = reader.optional_text("to", kAddressBytes);
  const auto customer = reader.optional_id<CustomerId>("customer");
  if (!to && !customer) reader.fail("to", "an address, or a customer");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  Addressee out{.identity = {}, .address = {}, .customer = customer};
  const bool by_text = channel == Channel::sms;
  if (customer) {
    const auto seen = co_await desk_.lookup().customer(session->who->id, customer);
    if (!seen) co_return std::unexpected(rpc_invalid("customer: there is none you may see"));
    auto job = [customer](Reader& r) { return r.identities(customer); };
    const auto identities = co_await desk_.workers().read(std::move(job));
    const std::string_view kind = by_text ? "phone" : "email";
    const auto known = std::ranges::find(identities, kind, &IdentityContent::kind);
    if (known != identities.end()) out.address = {.name = known->name, .address = known->value};
  }
  if (to && by_text)
    out.address = {.name = {}, .address = text::to_e164(*to, region).value_or("")};
  else if (to)
    out.address = read_address(*to);
  if (!out.address.address.empty())
    out.identity = by_text ? phone_identity(keys_, out.address.address)
                           : email_identity(keys_, out.address.name, out.address.address);
  if (to && !out.identity.key)
    co_return std::unexpected(
        rpc_invalid(by_text ? "to: this is no phone number" : "to: this is not a mail address"));
  co_return out;
}

Methods::Answer Methods::create(SessionPtr session, Params params) {
  JsonReader reader(params);
  const std::string channel = reader.text("channel", kNameBytes);
  const std::string channel_name = reader.text("channel_name", kNameBytes);
  const auto queue = reader.optional_text("queue", kNameBytes);
  std::string subject = reader.text("subject", kSubjectBytes);
  std::string text = reader.optional_text("text", kTextBytes).value_or("");
  const std::string client_id = reader.text("client_id", kClientIdBytes);
  auto upload_ids = reader.numbers("attachments", kAttachments);
  const auto priority =
      parse_name<Priority>(reader.optional_text("priority", kNameBytes).value_or("normal"));
  if (!priority) reader.fail("priority", "low, normal, high or urgent");
  if (client_id.empty()) reader.fail("client_id", "a text that names this writing");
  if (text.empty() && !upload_ids.empty()) reader.fail("text", "something to say");
  const PolicyPtr policy = desk_.gateway().policy();
  const ChannelPolicy* address = policy->channel(channel_name);
  if (address == nullptr || name(address->channel) != channel)
    reader.fail("channel_name", "a configured channel of that kind");
  if (address != nullptr && address->channel != Channel::email && address->channel != Channel::sms)
    reader.fail("channel", "email or sms: nothing else can be written first");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const AgentId me = session->who->id;
  CreateTicket command;
  command.channel_name = address->id;
  if (queue) {
    const Queue* found = policy->queue(*queue);
    if (found == nullptr) co_return std::unexpected(rpc_error(Refusal::no_such_queue));
    command.queue = found->id;
  }
  command.priority = *priority;
  const OutboundIds ids = settings_.draw_outbound(address->id, {});
  auto addressee = co_await read_addressee(session, params, address->channel, ids.region);
  if (!addressee) co_return std::unexpected(addressee.error());
  auto uploads = co_await read_uploads(me, std::move(upload_ids));
  if (!uploads) co_return std::unexpected(uploads.error());
  command.to = addressee->identity;
  command.customer = addressee->customer;
  command.client_key = client_key(me, "create", {}, client_id);
  if (address->channel == Channel::sms) {
    // Their answer carries no reference: it is known by who writes to whom.
    command.own_key = sms_conversation_key(keys_, ids.from.address, addressee->identity.value);
  } else {
    command.own_key = message_id_key(keys_, ids.message_id);
    command.subject_key = subject_key(keys_, text::read_subject(subject).normalised);
  }
  command.content = shared(compose_first(std::move(subject), *addressee, ids, session->who->name,
                                         std::move(text), *uploads));
  co_return co_await submit_for_ticket(session, std::move(command));
}

}  // namespace deskwire
