// SPDX-License-Identifier: Apache-2.0
#include "app/mail.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

#include "app/settings.hpp"
#include "auth/mail_keys.hpp"
#include "channels/email/compose.hpp"

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

/// Composes on a worker: holds everything it needs by value.
email::MailComposer composer(std::shared_ptr<const email::Mailboxes> mailboxes, KeyHasher tokens,
                             std::string desk_name) {
  return [mailboxes = std::move(mailboxes), tokens,
          desk_name = std::move(desk_name)](const email::MailMaterial& material) {
    const email::Mailbox* mailbox = mailboxes->of(material.outbound.item.channel_name);
    if (!mailbox)
      throw std::invalid_argument("the mailbox this ticket came to is no longer configured");
    email::ComposeSettings settings;
    settings.desk_name = desk_name;
    const auto read_file = [&material](const Attachment& file) -> std::optional<std::string> {
      const auto found = material.blobs.find(file.blob_sha256);
      return found == material.blobs.end() ? std::nullopt : std::optional(found->second);
    };
    auto mail =
        email::compose(material.outbound, material.history, *mailbox, tokens, settings, read_file);
    if (!mail) throw std::invalid_argument(mail.error());
    return SmtpMessage{std::move(mail->mail_from), std::move(mail->rcpt_to),
                       std::move(mail->bytes)};
  };
}

}  // namespace

Mail::Mail(boost::asio::io_context& loop, Core& core, const config::Config& config,
           const std::filesystem::path& data, const KeyHasher& keys, const KeyHasher& tokens)
    : tokens_(tokens),
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
      transport_(loop, core.workers(), composer(mailboxes_, tokens_, desk_name_),
                 smarthost_settings(config)) {
  core.outbox().set_transport(Channel::email, transport_);
}

void Mail::reload(const config::Config& config) {
  mailboxes_ = make_mailboxes(config, tokens_);
  desk_name_ = config.desk.name;
  inbound_.replace(inbound_settings(config), mailboxes_);
  channel_.replace_mailboxes(mailboxes_);
  channel_.reload_certificate();
  transport_.replace(composer(mailboxes_, tokens_, desk_name_), smarthost_settings(config));
}

OutboundIds Mail::draw_outbound(ChannelId channel, TicketId ticket) const {
  const email::Mailbox* mailbox = mailboxes_->of(channel);
  if (!mailbox) return {};
  const std::string shown = mailbox->display_name.empty() ? desk_name_ : mailbox->display_name;
  return {draw_message_id(tokens_, domain_of(mailbox->address), ticket),
          MailAddress{shown, mailbox->address}};
}

}  // namespace deskwire::app
