// SPDX-License-Identifier: Apache-2.0
#include "text/reply_lines.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace deskwire::text {
namespace {

using Words = std::span<const std::string_view>;

constexpr auto kWrote = std::to_array<std::string_view>(
    {"wrote",      "schrieb",    "geschrieben", "a écrit", "escribió", "escribio",  "ha scritto",
     "schreef",    "geschreven", "escreveu",    "napisał", "napisała", "skrev",     "kirjoitti",
     "yazdı",      "написал",    "пишет",       "пише",    "написав",  "写道",      "寫道",
     "đã viết",    "έγραψε",     "napsal",      "a scris", "írta",     "님이 작성", "написа",
     "je napisao", "rakstīja",   "kirjutas",    "scris:",  "skreiv"});

constexpr auto kOriginal = std::to_array<std::string_view>({"original message",
                                                            "original-nachricht",
                                                            "originalnachricht",
                                                            "ursprüngliche nachricht",
                                                            "mensaje original",
                                                            "message d'origine",
                                                            "message original",
                                                            "messaggio originale",
                                                            "oorspronkelijk bericht",
                                                            "origineel bericht",
                                                            "mensagem original",
                                                            "originalmeddelande",
                                                            "original melding",
                                                            "opprinnelig melding",
                                                            "oprindelig meddelelse",
                                                            "wiadomość oryginalna",
                                                            "původní zpráva",
                                                            "eredeti üzenet",
                                                            "исходное сообщение",
                                                            "оригинальное сообщение",
                                                            "原始邮件",
                                                            "原始郵件",
                                                            "元のメッセージ",
                                                            "forwarded message",
                                                            "begin forwarded message",
                                                            "weitergeleitete nachricht",
                                                            "message transféré",
                                                            "mensaje reenviado",
                                                            "thư gốc",
                                                            "message transmis",
                                                            "alkuperäinen viesti",
                                                            "original appointment",
                                                            "original besked"});

constexpr auto kFields = std::to_array<std::string_view>(
    {"from",       "to",      "cc",        "sent",      "date",          "subject",     "reply-to",
     "von",        "an",      "gesendet",  "betreff",   "datum",         "de",          "à",
     "envoyé",     "objet",   "para",      "enviado",   "enviada em",    "asunto",      "assunto",
     "fecha",      "da",      "a",         "inviato",   "oggetto",       "data",        "risposta",
     "från",       "skickat", "till",      "ämne",      "fra",           "sendt",       "til",
     "emne",       "van",     "verzonden", "aan",       "onderwerp",     "od",          "wysłano",
     "do",         "temat",   "lähettäjä", "lähetetty", "vastaanottaja", "aihe",        "от",
     "отправлено", "кому",    "тема",      "发件人",    "发送时间",      "收件人",      "主题",
     "寄件者",     "收件者",  "主旨",      "差出人",    "送信日時",      "宛先",        "件名",
     "từ",         "đến",     "chủ đề",    "copie à",   "répondre à",    "date d'envoi"});

constexpr auto kDevices = std::to_array<std::string_view>({"sent from",
                                                           "sent via",
                                                           "sent with",
                                                           "get outlook for",
                                                           "envoyé de",
                                                           "envoyé depuis",
                                                           "envoyé à partir",
                                                           "von meinem",
                                                           "von meiner",
                                                           "gesendet von",
                                                           "gesendet mit",
                                                           "diese nachricht wurde von",
                                                           "enviado desde",
                                                           "enviado do",
                                                           "enviado de",
                                                           "inviato da",
                                                           "inviato dal",
                                                           "verzonden vanaf",
                                                           "verzonden met",
                                                           "verstuurd vanaf",
                                                           "sendt fra",
                                                           "skickat från",
                                                           "lähetetty",
                                                           "wysłane z",
                                                           "wysłano z",
                                                           "отправлено с",
                                                           "отправлено из",
                                                           "надіслано з",
                                                           "发自我的",
                                                           "从我的",
                                                           "gửi từ",
                                                           "从",
                                                           "télécharger outlook",
                                                           "holen sie sich outlook",
                                                           "obtener outlook",
                                                           "sent on the",
                                                           "yahoo mail: ",
                                                           "iphone から送信",
                                                           "email sent from"});

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '*'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// ASCII lower case is enough: the word lists have their other letters in the case that mailers
/// write.
std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool contains(std::string_view text, Words words) {
  return std::ranges::any_of(
      words, [&](std::string_view w) { return text.find(w) != std::string_view::npos; });
}

bool starts(std::string_view text, Words words) {
  return std::ranges::any_of(words, [&](std::string_view w) { return text.starts_with(w); });
}

std::size_t words_in(std::string_view text) {
  std::size_t count = 0;
  bool inside = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank && !inside) ++count;
    inside = !blank;
  }
  return count;
}

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_rule(std::string_view text) {
  if (text.size() < 3 || std::string_view("-_=+~#*").find(text.front()) == std::string_view::npos)
    return false;
  return std::ranges::all_of(text, [&](char c) { return c == text.front(); });
}

bool is_device(std::string_view text) {
  while (!text.empty() && (text.front() == '(' || text.front() == '<' || text.front() == '['))
    text.remove_prefix(1);
  if (text.starts_with("get [outlook")) return true;
  if (!starts(text, kDevices)) return false;
  // "Sent from my desk, is much easier" is a sentence.
  const bool sentence =
      text.find(", ") != std::string_view::npos && text.find("excuse") == std::string_view::npos;
  return words_in(text) <= 12 && !sentence;
}

bool is_field(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.find("："));
  if (colon == std::string_view::npos || colon > 24) return false;
  const std::string_view name = trim(text.substr(0, colon));
  return std::ranges::find(kFields, name) != kFields.end();
}

/// "2013/7/20 sam via Meta <a@b.test>", "2016-03-03 17:21 GMT+01:00 Some One": Gmail's short form
/// without a verb.
bool is_dated_sender(std::string_view text) {
  const auto digit = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  if (!digit(0) || !digit(1) || !digit(2) || !digit(3) || text.size() < 12 ||
      (text[4] != '-' && text[4] != '/'))
    return false;
  const bool zone = text.find(" gmt") != std::string_view::npos;
  const bool sender =
      text.find('<') != std::string_view::npos && text.find('@') != std::string_view::npos;
  return words_in(text) <= 15 && (zone || sender);
}

/// A whole introduction in one piece of text (which may have been wrapped).
bool is_intro(std::string_view text) {
  constexpr std::size_t kLongest = 400;
  if (text.size() < 6 || text.size() > kLongest) return false;
  if (is_dated_sender(text)) return true;
  const bool dashed =
      text.starts_with("--") || text.starts_with("__") || text.starts_with("begin forwarded");
  if (contains(text, kOriginal) && (dashed || text.ends_with(':')) && words_in(text) <= 8)
    return true;
  if (text.starts_with("---- on ") && text.find(" wrote ----") != std::string_view::npos)
    return true;
  const bool colon = text.ends_with(':') || text.ends_with("：") || text.ends_with(":<") ||
                     text.ends_with("uhr:") || text.ends_with("geschreven:");
  if (!colon || !contains(text, kWrote)) return false;
  // A person's sentence may end in "wrote:", too; an introduction also names a date or an address.
  return has_digit(text) || text.find('@') != std::string_view::npos;
}

/// The words that introductions begin with.
bool begins_intro(std::string_view text) {
  static constexpr auto kBegins = std::to_array<std::string_view>(
      {"on ", "at ",    "am ",   "le ",  "el ",  "il ",  "in data", "op ",
       "em ", "w dniu", "dnia ", "den ", "dne ", "vào ", "lúc ",    "在",
       "в ",  "pe ",    "ma ",   "ti ",  "ke ",  "to ",  "la ",     "su "});
  const bool digit = !text.empty() && text.front() >= '0' && text.front() <= '9';
  return digit || starts(text, kBegins);
}

/// Whether an introduction over several lines can begin here: with such a word, or its sender.
bool may_begin_intro(std::string_view text) {
  return (begins_intro(text) || text.find('@') != std::string_view::npos) && text.size() < 200;
}

class Classifier {
 public:
  explicit Classifier(const std::vector<std::string_view>& lines)
      : lines_(lines), kinds_(lines.size(), Line::text) {}

  std::vector<Line> run() {
    bool code = false;
    for (std::size_t i = 0; i < lines_.size();) {
      const std::string_view raw = trim(lines_[i]);
      if (raw.starts_with("```")) code = !code;
      if (code || raw.starts_with("```")) {
        ++i;
        continue;
      }
      i += one(i, raw);
    }
    return std::move(kinds_);
  }

 private:
  /// Decides line `i` and, for a wrapped introduction, the lines after it; answers how many.
  std::size_t one(std::size_t i, std::string_view raw) {
    kinds_[i] = Line::empty;
    if (raw.empty() || raw == "ᐧ" || raw == "\xC2\xA0") return 1;
    if (raw.starts_with('>') || raw.starts_with("&gt;")) return decide(i, Line::quote);
    const std::string_view untrimmed = lines_[i];
    if (raw == "--" || untrimmed == "-- ") return decide(i, Line::dashes);
    const std::string_view flat = [&] {
      std::string_view t = untrimmed;
      while (!t.empty() && (t.front() == ' ' || t.front() == '\t')) t.remove_prefix(1);
      while (!t.empty() && (t.back() == ' ' || t.back() == '\t')) t.remove_suffix(1);
      return t;
    }();
    if (is_rule(flat)) return decide(i, Line::rule);
    const std::string text = lower(raw.substr(0, 500));
    if (is_device(text)) return decide(i, Line::device);
    if (const std::size_t count = intro_length(i, text); count > 0) {
      std::fill_n(kinds_.begin() + static_cast<std::ptrdiff_t>(i), count, Line::intro);
      return count;
    }
    return decide(i, is_field(text) ? Line::field : Line::text);
  }

  std::size_t decide(std::size_t i, Line kind) {
    kinds_[i] = kind;
    return 1;
  }

  /// How many lines from `i` on make an introduction; 0 if none do.
  std::size_t intro_length(std::size_t i, std::string text) const {
    constexpr std::size_t kMostLines = 5;
    if (is_intro(text)) return 1;
    if (!may_begin_intro(text)) return 0;
    for (std::size_t count = 2; count <= kMostLines && i + count <= lines_.size(); ++count) {
      const std::string_view next = trim(lines_[i + count - 1]);
      if (next.empty() || next.starts_with('>')) return 0;
      const std::string more = lower(next.substr(0, 500));
      // A line that begins an introduction of its own ends the attempt: the one before was only a
      // sentence.
      if (is_intro(more) && begins_intro(more)) return 0;
      text += ' ' + more;
      if (is_intro(text)) return count;
    }
    return 0;
  }

  const std::vector<std::string_view>& lines_;
  std::vector<Line> kinds_;
};

}  // namespace

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t feed = text.find('\n');
    std::string_view line = text.substr(0, feed);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (feed == std::string_view::npos) break;
    text.remove_prefix(feed + 1);
  }
  return lines;
}

std::vector<Line> classify_lines(const std::vector<std::string_view>& lines) {
  return Classifier(lines).run();
}

}  // namespace deskwire::text
