// SPDX-License-Identifier: Apache-2.0
// Keys of mailboxes, and the list of all channels.
#include "config/tables_channels.hpp"

namespace deskwire::config {
namespace {

const Section<EmailSpec>& email_table() {
  static const auto table =
      with_routing(Section<EmailSpec>("A mailbox.")
                       .add("name", &EmailSpec::name, known_as("mailbox", defines("channel")),
                            required(), "The channel's name.")
                       .add("address", &EmailSpec::address, defines("mail address", mail_address()),
                            required(), "Customers write to it and answers come from it.")
                       .add("aliases", &EmailSpec::aliases,
                            list_of(defines("mail address", mail_address()), 100), standard("[]"),
                            "Further addresses that arrive here.")
                       .add("display_name", &EmailSpec::display_name, text(100), optional(),
                            "In From; the desk's name if unset."));
  return table;
}

}  // namespace

const Section<ChannelsSpec>& channels_table() {
  static const auto table =
      Section<ChannelsSpec>("Addresses and numbers that customers write to.")
          .add("email", &ChannelsSpec::email, list_of(section(email_table()), 500), standard("[]"),
               "Mailboxes.")
          .add("sms", &ChannelsSpec::sms, list_of(section(sms_table()), 200), standard("[]"),
               "Text messages.")
          .add("chat", &ChannelsSpec::chat, list_of(section(chat_table()), 200), standard("[]"),
               "Web chats.")
          .add("cti", &ChannelsSpec::cti, list_of(section(cti_table()), 50), standard("[]"),
               "Telephone systems.")
          .add("voice", &ChannelsSpec::voice, list_of(section(voice_table()), 200), standard("[]"),
               "Calls that wait in our queues.");
  return table;
}

}  // namespace deskwire::config
