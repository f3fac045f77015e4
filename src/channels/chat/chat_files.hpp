// SPDX-License-Identifier: Apache-2.0
// What belongs to the chat beside its socket: the widget and its test page, what a site's widget
// must know before it connects, uploads, and the files in messages.
#pragma once
#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string_view>

#include "channels/chat/visitor.hpp"
#include "http/router.hpp"

namespace deskwire::chat {

using PlacePtr = std::shared_ptr<const Place>;
using FindPlace = std::function<PlacePtr(std::string_view name)>;

/// Whether a page of `origin` may talk to the place that the request's first parameter names.
[[nodiscard]] OriginCheck site_check(FindPlace find);

class ChatFiles {
 public:
  ChatFiles(const Settings& settings, const Seams& seams, const VisitorKeys& keys, FindPlace find)
      : seams_(seams),
        keys_(keys),
        find_(std::move(find)),
        uploads_(settings.uploads),
        networks_(settings.network_uploads) {
    for (const Place& place : settings.places)
      largest_upload_ = std::max<std::size_t>(largest_upload_, place.max_upload_bytes);
  }

  void add_routes(Router& router);

 private:
  using Answer = boost::asio::awaitable<HttpResponse>;
  Answer config(HttpRequest& request);
  Answer upload(HttpRequest& request);
  Answer file(HttpRequest& request);

  const Seams& seams_;
  const VisitorKeys& keys_;
  FindPlace find_;
  RateLimiter uploads_;             ///< By visitor,
  RateLimiter networks_;            ///< and by network: tokens cost nothing.
  std::size_t largest_upload_ = 0;  ///< Of any place; each one's own bound is checked as well.
};

}  // namespace deskwire::chat
