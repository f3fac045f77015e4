// SPDX-License-Identifier: Apache-2.0
// The providers behind the table of gateway.hpp, one file each.
#pragma once
#include "channels/sms/gateway.hpp"

namespace deskwire::sms {

[[nodiscard]] const Adapter& twilio_adapter();
[[nodiscard]] const Adapter& vonage_adapter();
[[nodiscard]] const Adapter& telnyx_adapter();
[[nodiscard]] const Adapter& generic_adapter();

}  // namespace deskwire::sms
