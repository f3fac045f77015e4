// SPDX-License-Identifier: Apache-2.0
#include "app/mail.hpp"

#include <utility>
#include <vector>

#include "app/settings.hpp"
#include "auth/mail_keys.hpp"
#include "channels/email/mail_composer.hpp"

namespace deskwire::app {
namespace {

std::shared_ptr<const email::Mailboxes> make_mailboxes(const config::Config& config,
                                                       const KeyHasher& tokens) {
  std::vector<email::Mailbox> list;
  for (const config::EmailChannel& channel : config.channels.email)
    list.push_back(
        {channel.id, channel.name, channel.address, channel.display_name, channel.aliases});
  return std::make_shared<const email::Mailboxes>(std::move(list), tokens);
}

std::string domain_of(const std::string& address) { return address.substr(address.rfind('@') + 1); }

email::MailComposer composer(std::shared_ptr<const email::Mailboxes> mailboxes,
                             const KeyHasher& tokens, const KeyHasher& keys,
                             const std::string& desk_name) {
  email::ComposeSettings settings;
  settings.desk_name = desk_name;
  return email::make_mail_composer(std::move(settings), std::move(mailboxes), tokens, keys);
}

}  // namespace

Mail::Mail(boost::asio::io_context& loop, Core& core, const config::Config& config,
           const std::filesystem::path& data, const KeyHasher& keys, const KeyHasher& tokens)
    : tokens_(tokens),
      keys_(keys),
      mailboxes_(make_mailboxes(config, tokens)),
      desk_name_(config.desk.name),
      inbound_(inbound_settings(config), mailboxes_, keys, core.blobs()),
      channel_(
          loop.get_executor(),
          email::MailHouse::Seams{
              .gateway = core.gateway(),
              .workers = core.workers(),
              .parse = [this](const email::Envelope& envelope,
                              std::string_view raw) { return inbound_.command(envelope, raw); },
              .now = [&core] { return core.clock().now(); },
              .parse_opaque =
                  [this](const email::Envelope& envelope, std::string_view raw) {
                    return inbound_.opaque_command(envelope, raw);
                  }},
          mail_settings(config, data), mailboxes_),
      transport_(loop, core.workers(), composer(mailboxes_, tokens_, keys_, desk_name_),
                 smarthost_settings(config)) {
  core.outbox().set_transport(Channel::email, transport_);
}

void Mail::reload(const config::Config& config) {
  mailboxes_ = make_mailboxes(config, tokens_);
  desk_name_ = config.desk.name;
  inbound_.replace(inbound_settings(config), mailboxes_);
  channel_.replace_mailboxes(mailboxes_);
  channel_.reload_certificate();
  transport_.replace(composer(mailboxes_, tokens_, keys_, desk_name_), smarthost_settings(config));
}

OutboundIds Mail::draw_outbound(ChannelId channel, TicketId ticket) const {
  const email::Mailbox* mailbox = mailboxes_->of(channel);
  if (!mailbox) return {};
  const std::string shown = mailbox->display_name.empty() ? desk_name_ : mailbox->display_name;
  return {.message_id = draw_message_id(tokens_, domain_of(mailbox->address), ticket),
          .from = {.name = shown, .address = mailbox->address},
          .region = {}};
}

bool Mail::is_ours(std::string_view address) const { return mailboxes_->is_ours(address); }

std::optional<OutboundMessage> Mail::as_mail(OutboundMessage message, ChannelId channel,
                                             MailAddress to) const {
  const email::Mailbox* mailbox = mailboxes_->of(channel);
  if (!mailbox) return std::nullopt;
  const std::uint64_t id = message.message.message.id.value;
  MessageContent& content = message.message.content;
  message.item.channel_name = channel;
  content.to = {std::move(to)};
  content.from.address = mailbox->address;
  content.message_id = "chat-" + std::to_string(id) + "." + tokens_.sign("chat mail", id) + "@" +
                       domain_of(mailbox->address);
  if (content.subject.empty()) content.subject = "Re: " + message.ticket.subject;
  return message;
}

}  // namespace deskwire::app
