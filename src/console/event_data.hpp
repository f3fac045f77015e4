// SPDX-License-Identifier: Apache-2.0
// One notice as the type and data of an `event` notification.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "console/material.hpp"
#include "console/notices.hpp"
#include "desk/call_notice.hpp"
#include "desk/front_desk.hpp"

namespace deskwire {

struct EventData {
  std::string_view type;
  std::string json;  ///< Its `data`.
};
[[nodiscard]] EventData event_of(std::string_view type, const boost::json::object& data);

/// Nothing if what the notice speaks of is not there any more.
[[nodiscard]] std::optional<EventData> event_data(const Notice& notice, const Material& material,
                                                  const Board& board, const People& people,
                                                  const Policy& policy);
[[nodiscard]] EventData offer_event(const Offer& offer, const TicketRow& ticket,
                                    const People& people, const Policy& policy);
/// Parameters of the notification `call`, with the tickets that `sight` reaches.
[[nodiscard]] boost::json::object call_data(const CallNotice& notice, const Sight& sight,
                                            const People& people, const Policy& policy);

}  // namespace deskwire
