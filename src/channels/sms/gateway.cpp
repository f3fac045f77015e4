// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/gateway.hpp"

#include "channels/sms/adapters.hpp"

namespace deskwire::sms {
namespace {

constexpr auto kNames = std::to_array<std::string_view>({"twilio", "vonage", "telnyx", "generic"});

std::unexpected<std::string> not_offered() {
  return std::unexpected<std::string>("the provider offers no such list");
}

}  // namespace

std::string Adapter::recipient_account(const HookRequest& /*request*/) const { return {}; }

Adapter::Reply Adapter::reply() const {
  return {.status = 200, .type = "application/json", .body = "{}"};
}

std::optional<ApiCall> Adapter::list(const Line& /*line*/, Instant /*since*/,
                                     Instant /*now*/) const {
  return std::nullopt;
}

std::expected<Listed, std::string> Adapter::read_list(const Line& /*line*/,
                                                      const ApiAnswer& /*answer*/,
                                                      Instant /*since*/, Instant /*now*/) const {
  return not_offered();
}

std::optional<ApiCall> Adapter::list_media(const Line& /*line*/,
                                           const InboundText& /*text*/) const {
  return std::nullopt;
}

std::expected<std::vector<MediaLink>, std::string> Adapter::read_media(
    const Line& /*line*/, const ApiAnswer& /*answer*/) const {
  return not_offered();
}

std::optional<ApiCall> Adapter::look_up(const Line& /*line*/, const Outgoing& /*message*/,
                                        Instant /*since*/, Instant /*now*/) const {
  return std::nullopt;
}

std::expected<Found, std::string> Adapter::read_look_up(const Line& /*line*/,
                                                        const Outgoing& /*message*/,
                                                        const ApiAnswer& /*answer*/,
                                                        Instant /*since*/) const {
  return not_offered();
}

Headers Adapter::media_headers(const Line& /*line*/, std::string_view /*url*/) const { return {}; }

const Adapter* find_adapter(std::string_view name) {
  for (const Adapter* adapter :
       {&twilio_adapter(), &vonage_adapter(), &telnyx_adapter(), &generic_adapter()})
    if (adapter->name() == name) return adapter;
  return nullptr;
}

std::span<const std::string_view> adapter_names() { return kNames; }

}  // namespace deskwire::sms
