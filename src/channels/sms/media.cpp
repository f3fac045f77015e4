// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/media.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <chrono>
#include <utility>

#include "channels/sms/inbound.hpp"
#include "deskwire/base/utf8.hpp"
#include "deskwire/port/assembler.hpp"
#include "http/origin.hpp"

namespace deskwire::sms {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kAtOnce = 4;        ///< Messages; each holds one file in memory.
constexpr std::size_t kWaiting = 10'000;  ///< More wait in their records until the next look there.
constexpr std::uint32_t kOldOnes = 1'000;
constexpr auto kTimeout = std::chrono::seconds(60);
constexpr unsigned kRedirects = 5;  ///< Providers lead to a store with a signed address.
constexpr std::size_t kNameBytes = 200;
/// After the first attempt: five attempts in an hour.
constexpr auto kWaits = std::to_array<Duration>({minutes(1), minutes(4), minutes(10), minutes(45)});
constexpr Duration kBusyWait = seconds(30);

/// `filename` of content-disposition, as far as it is plain: our own name is as good as an odd one.
std::string file_name(std::string_view disposition) {
  constexpr std::string_view kKey = "filename=";
  const auto at = disposition.find(kKey);
  if (at == std::string_view::npos) return {};
  std::string_view value = disposition.substr(at + kKey.size());
  if (value.starts_with('"')) {
    value.remove_prefix(1);
    value = value.substr(0, value.find('"'));
  } else {
    value = value.substr(0, value.find(';'));
  }
  if (const auto slash = value.find_last_of("/\\"); slash != std::string_view::npos)
    value.remove_prefix(slash + 1);
  std::string out(utf8_prefix(clean_line(value), kNameBytes));
  return out == "." || out == ".." ? std::string() : out;
}

std::string size_in_mib(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

/// A provider that is busy or broken may do better later.
bool is_passing(unsigned status) {
  return status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
}

bool waits(const Attachment& attachment) { return !attachment.source_url.empty(); }

}  // namespace

SmsMedia::SmsMedia(SmsHouse& house)
    : house_(house),
      timer_(house.executor),
      tasks_(house.executor, "text media"),
      subscription_(house.feed.subscribe(
          [this](const std::shared_ptr<const Batch>& batch) { committed(*batch); })) {}

void SmsMedia::start() { tasks_.spawn(run()); }

asio::awaitable<void> SmsMedia::stop() {
  subscription_ = {};
  tasks_.cancel();
  co_await tasks_.join();
}

void SmsMedia::committed(const Batch& batch) {
  bool more = false;
  for (const Record& record : batch.records) {
    if (record.kind != kMediaRecord) continue;
    MessageId id;
    std::from_chars(record.key.data(), record.key.data() + record.key.size(), id.value);
    add(id);
    more = true;
  }
  if (more) timer_.cancel();
}

void SmsMedia::add(MessageId message) {
  if (message && jobs_.size() < kWaiting) jobs_.try_emplace(message, Job{.due = house_.now()});
}

asio::awaitable<void> SmsMedia::take_up_old() {
  auto job = [](Reader& reader) { return reader.records(std::string(kMediaRecord), {}, kOldOnes); };
  for (const Record& record : co_await house_.workers.read(std::move(job))) {
    MessageId id;
    std::from_chars(record.key.data(), record.key.data() + record.key.size(), id.value);
    add(id);
  }
}

asio::awaitable<void> SmsMedia::run() {
  bool looked = false;
  while (true) {
    try {
      if (!looked) co_await take_up_old();
      looked = true;
    } catch (const Busy&) {
      spdlog::info("sms: media of an earlier run are taken up later");
    }
    const Instant now = house_.now();
    Instant next = now + kBusyWait;
    for (auto it = jobs_.begin(); it != jobs_.end() && active_ < kAtOnce;) {
      const auto each = it++;
      if (each->second.due <= now) {
        each->second.due = kNever;  // Under way.
        ++active_;
        tasks_.spawn(work(each->first, ++each->second.attempts));
      }
    }
    for (const auto& [id, job] : jobs_)
      if (active_ < kAtOnce) next = std::min(next, job.due);
    const Duration wait = std::max(next - now, milliseconds(50));
    timer_.expires_after(std::chrono::milliseconds(wait.ms));
    (void)co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<void> SmsMedia::work(MessageId message, unsigned attempt) {
  bool done = false, hindered = false;
  try {
    done = co_await fetch_all(message, attempt);
  } catch (const Busy&) {
    hindered = true;
  } catch (const boost::system::system_error&) {
    throw;  // We are being stopped.
  } catch (const std::exception& error) {
    spdlog::error("sms: media of message {} were hindered: {}", message.value, error.what());
    hindered = true;
  }
  --active_;
  if (done) {
    jobs_.erase(message);
  } else if (const auto job = jobs_.find(message); job != jobs_.end()) {
    if (hindered) --job->second.attempts;
    const std::size_t step = std::min<std::size_t>(attempt, kWaits.size()) - 1;
    job->second.due = house_.now() + (hindered ? kBusyWait : kWaits.at(step));
  }
  timer_.cancel();
}

asio::awaitable<bool> SmsMedia::fetch_all(MessageId id, unsigned attempt) {
  auto read = [id](Reader& reader) { return reader.message(id); };
  std::optional<MessageRow> row = co_await house_.workers.read(std::move(read));
  if (!row) co_return true;
  const SmsLinesPtr lines = house_.lines;
  const SmsLine* line = lines->media_source(row->message.channel_name);
  MessageContent content = std::move(row->content);
  bool changed = false;
  std::string lost;
  for (Attachment& each : content.attachments) {
    if (!waits(each)) continue;
    Fetched got = co_await fetch(line, each);
    if (!got.blob && !got.final && attempt <= kWaits.size()) continue;
    changed = true;
    each.source_url.clear();
    if (got.blob) {
      each.blob_sha256 = got.blob->sha256;
      each.size_bytes = got.blob->size_bytes;
      each.name = std::move(got.name);
      each.type = std::move(got.type);
      content.blobs.push_back(std::move(got.blob));
    } else {
      lost += "Attachment " + std::to_string(each.n) + " (" + each.name +
              ") could not be fetched: " + got.why + ".\n";
    }
  }
  const bool done = std::ranges::none_of(content.attachments, waits);
  if (!lost.empty()) co_await say(row->message, std::move(lost));
  if (!changed) co_return done;
  Command command{
      .actor = {},
      .body = AttachMedia{.message = id,
                          .content = std::make_shared<const MessageContent>(std::move(content))}};
  const Submission stored = co_await house_.gateway.submit(std::move(command), Lane::intake);
  co_return stored.kind == Submission::Kind::done&& done;
}

asio::awaitable<SmsMedia::Fetched> SmsMedia::fetch(const SmsLine* line, Attachment attachment) {
  const auto given_up = [](std::string why) {
    return Fetched{.blob = nullptr, .name = {}, .type = {}, .why = std::move(why), .final = true};
  };
  if (line == nullptr) co_return given_up("its number is not configured any more");
  const std::uint64_t most = line->max_media_bytes;
  if (most == 0) co_return given_up("the configuration asks for no media");
  HttpCall call;
  call.url = attachment.source_url;
  call.headers = line->adapter->media_headers(line->line, attachment.source_url);
  call.timeout = kTimeout;
  call.max_answer_bytes = most;
  call.public_only = true;
  call.max_redirects = kRedirects;
  if (!line->line.api_base.empty()) call.trusted_origins = {origin_of(line->line.api_base)};
  HttpAnswer answer = co_await house_.http.fetch(std::move(call));
  if (answer.too_large) co_return given_up("it is larger than " + size_in_mib(most));
  if (answer.refused) co_return given_up(answer.error);
  Fetched out;
  if (answer.status < 200 || answer.status >= 300) {
    out.final = !is_passing(answer.status);
    out.why = answer.status == 0 ? answer.error
                                 : "the provider answered " + std::to_string(answer.status);
    co_return out;
  }
  out.type = safe_media_type(attachment.type);
  if (const std::string told = safe_media_type(answer.header("content-type"));
      !told.empty() && (out.type.empty() || out.type == "application/octet-stream"))
    out.type = told;
  out.name = file_name(answer.header("content-disposition"));
  // The name it has already, unless its type was not known then.
  if (out.name.empty())
    out.name = attachment.name.find('.') != std::string::npos ? attachment.name
                                                              : media_name(attachment.n, out.type);
  auto keep = [&blobs = house_.blobs, bytes = std::move(answer.body)] { return blobs.keep(bytes); };
  out.blob = co_await house_.workers.run(Workers::Pool::parse, std::move(keep));
  co_return out;
}

asio::awaitable<void> SmsMedia::say(const Message& message, std::string text) {
  if (!message.ticket) co_return;
  MessageContent note;
  note.text = std::move(text);
  AddNote body;
  body.ticket = message.ticket;
  // Said once, also when what comes after it fails and is tried again.
  body.client_key =
      house_.keys.key("client", "media:" + std::to_string(message.id.value) + ":" + note.text);
  body.content = std::make_shared<const MessageContent>(std::move(note));
  Command command{.actor = {}, .body = std::move(body)};
  const Submission said = co_await house_.gateway.submit(std::move(command), Lane::intake);
  if (said.kind != Submission::Kind::done)
    spdlog::warn("sms: media of message {} could not be fetched, nor could that be noted",
                 message.id.value);
}

}  // namespace deskwire::sms
