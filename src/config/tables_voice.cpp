// SPDX-License-Identifier: Apache-2.0
// Keys of telephone systems that report calls, and of numbers whose calls wait here.
#include "config/tables_channels.hpp"

namespace deskwire::config {
namespace {

/// Users may be created later than the file was written, so their names are not looked up.
Kind<std::vector<AgentPhone>> phones() {
  auto map = map_of(word(), phone_or_sip());
  map.shape.words =
      "a map from users to their telephones, such as {ann: +15005550006, bob: sip:bob@pbx.test}";
  return as(map, [](std::vector<std::pair<std::string, std::string>> pairs) {
    std::vector<AgentPhone> phones;
    for (auto& [user, address] : pairs) phones.push_back({std::move(user), std::move(address)});
    return phones;
  });
}

Section<VoiceSpec> with_provider(Section<VoiceSpec> table) {
  table
      .add("number", &VoiceSpec::number, defines("voice number", phone_number()), required(),
           "E.164; the same number may be one for text messages too.")
      .add("gateway", &VoiceSpec::gateway, one_of({"twilio"}), required(), "The provider.")
      .add("api_base", &VoiceSpec::api_base, origin(), optional(),
           "Another API host than the provider's, for tests.")
      .add("account", &VoiceSpec::account, word(), required(), "The provider's account id.")
      .add("token", &VoiceSpec::tokens, secrets(), required(),
           "Signs API calls (the first) and verifies hooks (all).")
      .add("phones", &VoiceSpec::phones, phones(), standard("{}"),
           "Where an agent's telephone is: an accepted call is connected to it.");
  return table;
}

/// What a caller hears and may choose.
Section<VoiceSpec> with_reception(Section<VoiceSpec> table) {
  table
      .add("greeting", &VoiceSpec::greeting, text(500),
           standard("Thank you for calling. Someone will be with you shortly."),
           "Read to every caller.")
      .add("language", &VoiceSpec::language, language(), standard("en-US"),
           "Of the voice that reads.")
      .add("hold_music", &VoiceSpec::hold_music, https_url(), optional(),
           "A sound file of about eight seconds for those who wait, played again and again; unset: "
           "silence.")
      .add("callback", &VoiceSpec::callback, boolean(), standard("true"),
           "Offer to call back, so that nobody has to wait.")
      .add("voicemail", &VoiceSpec::voicemail, boolean(), standard("true"),
           "Offer to leave a message.")
      .add("hours", &VoiceSpec::calendar, refers_to("calendar"), optional(),
           "When calls are connected; unset: always.");
  return table;
}

}  // namespace

const Section<CtiSpec>& cti_table() {
  static const auto table =
      with_routing(Section<CtiSpec>("A telephone system that reports calls by signed hooks.")
                       .add("name", &CtiSpec::name, defines("channel"), required(),
                            "In the hook's path: /hooks/cti/NAME.")
                       .add("secret", &CtiSpec::secrets, secrets("whsec_"), required(),
                            "Standard Webhooks: whsec_ and base64.")
                       .add("region", &CtiSpec::region, region(), optional(),
                            "How numbers without +… are read; the desk's if unset."));
  return table;
}

const Section<VoiceSpec>& voice_table() {
  static const auto table = with_routing(with_reception(with_provider(
      Section<VoiceSpec>("A number whose calls wait here and are connected to agents.")
          .add("name", &VoiceSpec::name, defines("channel"), required(), "The channel's name."))));
  return table;
}

}  // namespace deskwire::config
