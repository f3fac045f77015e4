// SPDX-License-Identifier: Apache-2.0
#include "codec/wire.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace deskwire::wire {
namespace json = boost::json;
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;
constexpr std::int64_t kFirst = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
constexpr std::int64_t kLast = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

struct Date {
  int year = 1970;
  int month = 1;
  int day = 1;
};

// Both conversions count days in eras of 400 years that begin in March, so that the leap day is
// the last of its year (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
constexpr std::int64_t days_from_date(Date date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month_from_march = date.month > 2 ? date.month - 3 : date.month + 9;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

constexpr Date date_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t march_month = (5 * day_of_year + 2) / 153;
  const std::int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  return {.year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
          .month = static_cast<int>(month),
          .day = static_cast<int>(day_of_year - (153 * march_month + 2) / 5 + 1)};
}

constexpr int days_in_month(int year, int month) {
  constexpr auto kDays = std::to_array({31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31});
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays.at(static_cast<std::size_t>(month - 1));
}

void put_digits(char* at, int width, std::int64_t number) {
  for (int i = width - 1; i >= 0; --i, number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

/// Reads a text from left to right; after the first mismatch everything fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!at_digit()) return fail();
      number = number * 10 + (take() - '0');
    }
    return number;
  }
  void expect(std::string_view one_of) {
    if (rest_.empty() || one_of.find(rest_.front()) == std::string_view::npos)
      fail();
    else
      take();
  }
  [[nodiscard]] bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  [[nodiscard]] bool at_digit() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  int fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// The digits after the decimal point as milliseconds.
std::int64_t scan_fraction(Scanner& scan) {
  if (!scan.at('.')) return 0;
  scan.take();
  if (!scan.at_digit()) return scan.fail();
  std::int64_t ms = 0;
  for (std::int64_t unit = 100; scan.at_digit(); unit /= 10) ms += unit * (scan.take() - '0');
  return ms;
}

/// How far the text's local time is ahead of UTC.
std::int64_t scan_offset_ms(Scanner& scan) {
  if (scan.at('Z') || scan.at('z')) {
    scan.take();
    return 0;
  }
  const bool west = scan.at('-');
  scan.expect("+-");
  const int hours = scan.digits(2);
  scan.expect(":");
  const int minutes = scan.digits(2);
  if (hours > 23 || minutes > 59) scan.fail();
  const std::int64_t ms = (hours * 60 + minutes) * std::int64_t{60'000};
  return west ? -ms : ms;
}

std::string_view author_or_sender(std::string_view author_name, const MessageContent& content) {
  if (!author_name.empty()) return author_name;
  return content.from.name.empty() ? content.from.address : content.from.name;
}

json::object address(const MailAddress& address) {
  return {{"name", text_or_null(address.name)}, {"address", address.address}};
}

json::value channel_name(ChannelId id, const Policy& policy) {
  const ChannelPolicy* channel = policy.channel(id);
  return channel ? json::value(channel->name) : json::value(nullptr);
}

json::value queue_name(QueueId id, const Policy& policy) {
  const Queue* queue = policy.queue(id);
  return queue ? json::value(queue->name) : json::value(nullptr);
}

/// Whoever withheld their number or wrote without a sender is nobody we know.
json::value customer(CustomerId id, std::string_view shown) {
  if (!id) return nullptr;
  return {{"id", id.value}, {"name", text_or_null(shown)}};
}

}  // namespace

json::array addresses(const std::vector<MailAddress>& list) {
  json::array out;
  for (const MailAddress& one : list) out.push_back(address(one));
  return out;
}

std::string format_time(Instant at) {
  const std::int64_t ms = std::clamp(at.ms, kFirst, kLast);
  const std::int64_t days = (ms >= 0 ? ms : ms - (kMsPerDay - 1)) / kMsPerDay;
  const std::int64_t of_day = ms - days * kMsPerDay;
  const Date date = date_from_days(days);
  std::string out = "0000-00-00T00:00:00.000Z";
  put_digits(&out[0], 4, date.year);
  put_digits(&out[5], 2, date.month);
  put_digits(&out[8], 2, date.day);
  put_digits(&out[11], 2, of_day / 3'600'000);
  put_digits(&out[14], 2, of_day / 60'000 % 60);
  put_digits(&out[17], 2, of_day / 1000 % 60);
  put_digits(&out[20], 3, of_day % 1000);
  return out;
}

std::optional<Instant> parse_time(std::string_view text) {
  Scanner scan(text);
  Date date;
  date.year = scan.digits(4);
  scan.expect("-");
  date.month = scan.digits(2);
  scan.expect("-");
  date.day = scan.digits(2);
  scan.expect("Tt ");
  const int hour = scan.digits(2);
  scan.expect(":");
  const int minute = scan.digits(2);
  scan.expect(":");
  const int second = scan.digits(2);
  const std::int64_t fraction = scan_fraction(scan);
  const std::int64_t offset = scan_offset_ms(scan);
  if (!scan.done() || date.month < 1 || date.month > 12 || date.day < 1) return std::nullopt;
  if (date.day > days_in_month(date.year, date.month)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t of_day = (hour * 3600 + minute * 60 + second) * std::int64_t{1000} + fraction;
  return Instant{days_from_date(date) * kMsPerDay + of_day - offset};
}

json::value time(Instant at) {
  if (!at || at == kNever) return nullptr;
  return json::value(format_time(at));
}

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::array deadlines(const Ticket& ticket, const Policy& policy) {
  json::array out;
  for (const Clock& clock : ticket.clocks) {
    // Of an answer that is still held nobody need know more than that it counts.
    const bool late = clock.under == ClockState::breached;
    const ClockState answered = late ? ClockState::breached : ClockState::met;
    const ClockState shown = clock.state == ClockState::answered ? answered : clock.state;
    const SlaPolicy* sla = policy.sla(clock.sla);
    const Calendar* calendar = policy.calendar(clock.calendar);
    out.push_back({{"metric", name(clock.metric)},
                   {"due_at", time(clock.due_at)},
                   {"state", name(shown)},
                   {"warn_at", time(clock.warn_at)},
                   {"sla", sla ? json::value(sla->name) : json::value(nullptr)},
                   {"calendar", calendar ? json::value(calendar->name) : json::value(nullptr)},
                   {"target_seconds", clock.target.ms / 1000},
                   {"used_seconds", clock.used.ms / 1000},
                   {"started_at", time(clock.started_at)},
                   {"resumed_at", time(clock.resumed_at)},
                   {"stopped_at", time(clock.stopped_at)}});
  }
  return out;
}

namespace {

json::array tags(const Ticket& ticket) {
  json::array out;
  for (const std::string& tag : ticket.tags) out.emplace_back(tag);
  return out;
}

}  // namespace

json::object ticket(const Ticket& ticket, const TicketNames& names, const Policy& policy) {
  return {
      {"id", ticket.id.value},
      {"subject", names.subject},
      {"state", name(ticket.state)},
      {"queue", queue_name(ticket.queue, policy)},
      {"channel", name(ticket.channel)},
      {"channel_name", channel_name(ticket.channel_name, policy)},
      {"priority", name(ticket.priority)},
      {"customer", customer(ticket.customer, names.customer)},
      {"agent", ticket.agent ? text_or_null(names.agent) : json::value(nullptr)},
      {"created_at", time(ticket.created_at)},
      {"updated_at", time(ticket.updated_at)},
      {"queued_at", time(ticket.queued_at)},
      {"deadlines", deadlines(ticket, policy)},
      {"last_seq", ticket.last_seq},
      {"linked_to", id_or_null(ticket.linked_to)},
      {"disposition", text_or_null(ticket.disposition)},
      {"snoozed_until", time(ticket.snoozed_until)},
      {"tags", tags(ticket)},
  };
}

json::object attachment(const Attachment& attachment) {
  return {{"n", attachment.n},
          {"name", attachment.name},
          {"type", attachment.type},
          {"size_bytes", attachment.size_bytes},
          {"content_id", text_or_null(attachment.content_id)}};
}

json::value delivery(const Message& message) {
  if (message.delivery == DeliveryState::none) return nullptr;
  return {{"state", name(message.delivery)}, {"detail", text_or_null(message.delivery_detail)}};
}

json::object message(const Message& message, const MessageContent& content,
                     std::string_view author_name, const Policy& policy) {
  json::array attachments;
  for (const Attachment& one : content.attachments) attachments.push_back(attachment(one));
  const std::string_view shown = author_or_sender(author_name, content);
  return {
      {"id", message.id.value},
      {"ticket", id_or_null(message.ticket)},
      {"seq", message.seq},
      {"direction", name(message.direction)},
      {"channel", name(message.channel)},
      {"channel_name", channel_name(message.channel_name, policy)},
      {"author",
       {{"kind", name(message.author_kind)},
        {"id", message.author ? json::value(message.author) : json::value(nullptr)},
        {"name", text_or_null(shown)}}},
      {"at", time(message.at)},
      {"text", content.text},
      {"has_html", !content.html.empty()},
      {"attachments", std::move(attachments)},
      {"delivery", delivery(message)},
      {"subject", text_or_null(content.subject)},
      {"from", content.from.address.empty() ? json::value(nullptr) : address(content.from)},
      {"forwarded_by",
       content.forwarded_by.address.empty() ? json::value(nullptr) : address(content.forwarded_by)},
      {"to", addresses(content.to)},
      {"cc", addresses(content.cc)},
      {"machine", name(message.machine)},
      {"unverified", message.unverified},
      {"held_until", time(message.held_until)},
  };
}

}  // namespace deskwire::wire
