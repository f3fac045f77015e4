// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/sms_hooks.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "channels/sms/inbound.hpp"
#include "http/form.hpp"
#include "http/problem.hpp"

namespace deskwire::sms {
namespace {

constexpr std::size_t kHookBytes = 256u << 10;
/// Providers that have hooks of their own name.
constexpr auto kProviders = std::to_array<std::string_view>({"twilio", "vonage", "telnyx"});

HttpResponse response(const Adapter::Reply& reply) {
  HttpResponse out;
  out.status = static_cast<std::uint16_t>(reply.status);
  out.body = reply.body;
  out.set("content-type", reply.type);
  return out;
}

bool is_for_later(const Submission& submission) {
  return submission.kind == Submission::Kind::busy || submission.kind == Submission::Kind::failed;
}

}  // namespace

SmsHooks::SmsHooks(SmsHouse& house, SmsReceipts& receipts, std::function<void()> turned_away)
    : house_(house), receipts_(receipts), turned_away_(std::move(turned_away)) {}

void SmsHooks::add_routes(Router& router) {
  const auto add = [&router](std::string method, std::string pattern, HttpHandler handle) {
    router.add(Route{.method = std::move(method),
                     .pattern = std::move(pattern),
                     .handle = std::move(handle),
                     .body_limit = kHookBytes,
                     .same_origin = false});
  };
  for (const std::string_view name : kProviders) {
    const Adapter& adapter = *find_adapter(name);
    const HttpHandler handle = [this, &adapter](HttpRequest& request) -> Answer {
      const SmsLinesPtr lines = house_.lines;
      const HookRequest seen{.method = request.method,
                             .target = request.target,
                             .public_urls = {lines->public_url()},
                             .headers = request.headers,
                             .body = request.body};
      Candidates candidates = lines->candidates(adapter, adapter.recipient_account(seen));
      return take(adapter, request, std::string(adapter.name()), lines, std::move(candidates));
    };
    for (const std::string_view what : {"sms", "status"}) {
      const std::string path = "/hooks/" + std::string(name) + "/" + std::string(what);
      add("POST", path, handle);
      // Vonage's older hooks may be configured as GET.
      if (name == "vonage") add("GET", path, handle);
    }
  }
  add("POST", "/hooks/sms/{channel}", [this](HttpRequest& request) { return generic(request); });
}

SmsHooks::Answer SmsHooks::generic(HttpRequest& request) {
  const SmsLinesPtr lines = house_.lines;
  const SmsLine* line = lines->generic(request.params.at(0));
  if (line == nullptr) co_return problem(404, "not_found", "There is no such channel.");
  Candidates only{line};
  co_return co_await take(*line->adapter, request, "sms/" + line->name, lines, std::move(only));
}

SmsHooks::Answer SmsHooks::take(const Adapter& adapter, HttpRequest& request, std::string entrance,
                                SmsLinesPtr lines, Candidates candidates) {
  const HookRequest seen{.method = request.method,
                         .target = request.target,
                         .public_urls = {lines->public_url()},
                         .headers = request.headers,
                         .body = request.body};
  Candidates believed;
  std::string_view why = "no_such_line";
  for (const SmsLine* line : candidates) {
    const auto verdict = adapter.verify(seen, line->line, house_.now());
    if (verdict)
      believed.push_back(line);
    else
      why = name(verdict.error());
  }
  if (believed.empty()) {
    house_.quarantine.keep(request, entrance, why);
    co_return problem(403, "forged", "The request's signature does not hold.");
  }
  auto hook = adapter.parse(seen);
  if (!hook) {
    spdlog::warn("sms: a hook of {} cannot be read: {}", entrance, hook.error());
    co_return problem(422, "invalid_body", hook.error());
  }
  const bool token_in_url = !query_param(request.target, "m").empty();
  co_return co_await take_parsed(adapter, std::move(*hook), token_in_url, lines,
                                 std::move(believed));
}

SmsHooks::Answer SmsHooks::take_parsed(const Adapter& adapter, Hook hook, bool token_in_url,
                                       SmsLinesPtr lines, Candidates believed) {
  for (const InboundText& text : hook.texts) {
    const SmsLine& line = receiver(believed, text.to);
    Command command = inbound_command(house_.keys, line, text, house_.now(), kHookSpan);
    const Submission done = co_await house_.gateway.submit(std::move(command), Lane::intake);
    if (is_for_later(done)) {
      turned_away_();
      co_return problem_for(done);
    }
    if (done.kind == Submission::Kind::refused) {
      // A defect of ours: the provider repeats what was not taken.
      spdlog::error("sms: a text to channel {} was refused: {}", line.name, name(done.refusal));
      co_return problem(500, "internal", "The text was not taken; it has been logged.");
    }
    if (done.receipt.ticket && !line.help_reply.empty() && asks_for_help(text))
      co_await answer_help(line, text, done.receipt.ticket);
  }
  for (Receipt& receipt : hook.receipts) {
    const Submission done = co_await receipts_.take(adapter, std::move(receipt), token_in_url);
    if (is_for_later(done)) co_return problem_for(done);
  }
  co_return response(adapter.reply());
}

/// `line` and `text` belong to the hook that awaits this.
boost::asio::awaitable<void> SmsHooks::answer_help(const SmsLine& line, const InboundText& text,
                                                   TicketId ticket) {
  Command command = help_command(house_.keys, line, text, ticket);
  const Submission done = co_await house_.gateway.submit(std::move(command), Lane::intake);
  if (done.kind != Submission::Kind::done)
    spdlog::warn("sms: a HELP to {} was not answered by itself", line.name);
}

}  // namespace deskwire::sms
