// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "config/whole.hpp"

namespace deskwire::config {
namespace {

constexpr std::size_t kLeastSecretBytes = 16;

/// Host of "scheme://host[:port]".
std::string host_of(const std::string& url) {
  std::string authority = url.substr(url.find("://") + 3);
  if (const auto endpoint = parse_endpoint(authority)) return endpoint->host;
  return authority;
}

void check_demo_secrets(Reader& reader, Model& model) {
  model.demo = !reader.literal_secrets().empty();
  if (is_loopback(model.http.listen)) return;
  for (const auto& path : reader.literal_secrets())
    reader.fail_at(path, "a secret in clear while http.listen is " + to_string(model.http.listen),
                   "{env: NAME} or {file: PATH}; only on loopback a demo may do without");
}

void check_listeners(Reader& reader, const Model& model) {
  struct Listener {
    std::string path;
    std::optional<Endpoint> at;
  };
  const std::array<Listener, 3> all{{{"http.listen", model.http.listen},
                                     {"smtp.listen", model.smtp.listen},
                                     {"lmtp.listen", model.lmtp.listen}}};
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      if (!all[i].at || !all[j].at || *all[i].at != *all[j].at) continue;
      if (all[i].at->unix_path.empty() && all[i].at->port == 0) continue;
      reader.fail_at(all[i].path, to_string(*all[i].at) + ", which " + all[j].path + " has",
                     "an address of its own");
    }
}

bool is_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  });
}

void check_length(Reader& reader, const std::string& path, const Secret& secret) {
  if (secret.value.size() >= kLeastSecretBytes) return;
  reader.fail_at(path, "a secret of " + std::to_string(secret.value.size()) + " bytes",
                 "at least " + std::to_string(kLeastSecretBytes));
}

void check_secrets(Reader& reader, const Model& model) {
  if (const auto& token = model.mail.token_secret)
    check_length(reader, "mail.token_secret", *token);
  for (std::size_t i = 0; i < model.channel_specs.chat.size(); ++i)
    for (const auto& key : model.channel_specs.chat[i].identity_secrets)
      check_length(reader, "channels.chat[" + std::to_string(i) + "].identity_secret", key);
  constexpr std::string_view kPrefix = "whsec_";
  for (std::size_t i = 0; i < model.channel_specs.cti.size(); ++i)
    for (const auto& secret : model.channel_specs.cti[i].secrets)
      if (!is_base64(std::string_view(secret.value).substr(kPrefix.size())))
        reader.fail_at("channels.cti[" + std::to_string(i) + "].secret",
                       "a secret that is no base64 behind whsec_", "whsec_ and base64");
}

void fill_derived_defaults(Model& model) {
  if (model.smtp.hostname.empty()) model.smtp.hostname = host_of(model.desk.public_url);
  for (auto& mailbox : model.channel_specs.email)
    if (mailbox.display_name.empty()) mailbox.display_name = model.desk.name;
  for (auto& number : model.channel_specs.sms)
    if (number.region.empty()) number.region = model.desk.region;
  for (auto& telephony : model.channel_specs.cti)
    if (telephony.region.empty()) telephony.region = model.desk.region;
  for (auto& user : model.user_specs)
    if (user.display_name.empty()) user.display_name = user.name;
  for (auto& calendar : model.calendar_specs)
    if (calendar.zone.empty()) calendar.zone = model.desk.zone;
}

}  // namespace

void check_whole(Reader& reader, Model& model) {
  reader.check_references();
  check_demo_secrets(reader, model);
  check_listeners(reader, model);
  check_secrets(reader, model);
  if (!reader.failed()) fill_derived_defaults(model);
}

}  // namespace deskwire::config
