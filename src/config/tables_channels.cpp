// SPDX-License-Identifier: Apache-2.0
// Keys of channels and users.
#include "config/tables.hpp"

namespace deskwire::config {
namespace {

/// `queue` and `skills`, which every channel has.
template <class Spec>
Section<Spec> with_routing(Section<Spec> table) {
  table
      .add("queue", &Spec::queue, refers_to("queue"), optional(),
           "Where its tickets wait when no rule says; unset: the default queue.")
      .add("skills", &Spec::skills, skills(), standard("{}"),
           "Asked for when no rule placed the ticket.");
  return table;
}

/// A secret, or a list of them while it is being exchanged.
Kind<std::vector<Secret>> secrets(const std::string& prefix = {}) {
  const auto one = secret(prefix);
  const auto many = list_of(one, 4);
  Shape shape{.words = one.shape.words + ", or a list of them"};
  shape.either = one.shape.either;
  shape.either.push_back(many.shape);
  return {shape,
          [one, many](Reader& reader, const Node& node) -> std::optional<std::vector<Secret>> {
            if (node.kind == Node::Kind::list) return many.read(reader, node);
            auto only = one.read(reader, node);
            if (!only) return std::nullopt;
            return std::vector<Secret>{std::move(*only)};
          }};
}

const Section<EmailSpec>& email_table() {
  static const auto table = with_routing(
      Section<EmailSpec>("A mailbox.")
          .add("name", &EmailSpec::name, defines("channel"), required(), "The channel's name.")
          .add("address", &EmailSpec::address, defines("mail address", mail_address()), required(),
               "Customers write to it and answers come from it.")
          .add("aliases", &EmailSpec::aliases,
               list_of(defines("mail address", mail_address()), 100), standard("[]"),
               "Further addresses that arrive here.")
          .add("display_name", &EmailSpec::display_name, text(100), optional(),
               "In From; the desk's name if unset."));
  return table;
}

const Section<SmsSpec>& sms_table() {
  static const auto table = with_routing(
      Section<SmsSpec>("A number for text messages.")
          .add("name", &SmsSpec::name, defines("channel"), required(), "The channel's name.")
          .add("number", &SmsSpec::number, defines("number", phone_number()), required(), "E.164.")
          .add("gateway", &SmsSpec::gateway, one_of({"twilio"}), required(), "The provider.")
          .add("api_base", &SmsSpec::api_base, origin(), optional(),
               "Another API host than the provider's, for tests.")
          .add("account", &SmsSpec::account, word(), required(), "The provider's account id.")
          .add("token", &SmsSpec::tokens, secrets(), required(),
               "Signs API calls (the first) and verifies hooks (all)."));
  return table;
}

const Section<ChatSpec>& chat_table() {
  static const auto table =
      with_routing(Section<ChatSpec>("A chat on a web site.")
                       .add("name", &ChatSpec::name, defines("channel"), required(),
                            "In the socket's path: /chat/NAME.")
                       .add("allowed_origins", &ChatSpec::allowed_origins, list_of(origin(), 100),
                            standard("[]"), "Sites that may show it; the public URL always may."));
  return table;
}

const Section<CtiSpec>& cti_table() {
  static const auto table =
      with_routing(Section<CtiSpec>("A telephone system that reports calls by signed hooks.")
                       .add("name", &CtiSpec::name, defines("channel"), required(),
                            "In the hook's path: /hooks/cti/NAME.")
                       .add("secret", &CtiSpec::secrets, secrets("whsec_"), required(),
                            "Standard Webhooks: whsec_ and base64."));
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
               "Telephone systems.");
  return table;
}

const Section<UserSpec>& user_table() {
  static const auto table =
      Section<UserSpec>("A user to create if there is none of that name.")
          .add("name", &UserSpec::name, defines("user"), required(), "For logging in.")
          .add("display_name", &UserSpec::display_name, text(100), optional(),
               "Shown to customers; the name if unset.")
          .add("role", &UserSpec::role, enumerated<Role>(), standard("agent"),
               "What the user may do.")
          .add("password", &UserSpec::password, secret(), optional(),
               "At least 8 bytes. In clear only for a demo on loopback.")
          .add("password_hash", &UserSpec::password_hash, password_hash(), optional(),
               "Instead of a password.")
          .add("skills", &UserSpec::skill_levels, skills(), standard("{}"),
               "With levels from 1 to 5.")
          .add("queues", &UserSpec::queue_names, list_of(refers_to("queue"), 500), standard("[]"),
               "Offered from and seen.")
          .add("teams", &UserSpec::team_names, list_of(refers_to("team"), 100), standard("[]"),
               "Their queues too.")
          .add("capacity", &UserSpec::capacity_percent, percent(0, 1'000), standard("100%"),
               "Of a full agent.")
          .check([](Reader& reader, const Node& node, UserSpec& user) {
            const bool wants = node.find("password") != nullptr,
                       hashed = node.find("password_hash") != nullptr;
            if (wants == hashed)
              reader.fail(
                  node.place,
                  wants ? "both password and password_hash" : "neither password nor password_hash",
                  "one of password and password_hash");
            if (user.password &&
                (user.password->value.size() < 8 || user.password->value.size() > 1'024))
              reader.fail(node.find("password")->value->place,
                          "a password of " + std::to_string(user.password->value.size()) + " bytes",
                          "8 to 1024 bytes");
          });
  return table;
}

}  // namespace deskwire::config
