// SPDX-License-Identifier: Apache-2.0
// The search index over many messages in three languages: how long it takes to be made anew, how
// large it is, what a question costs, and what commits cost with and without it behind them. Words
// are as unequally common as in real texts. Run it on the disk that the figures are to speak of.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "deskwire/base/utf8.hpp"
#include "search/query.hpp"
#include "search/searcher.hpp"
#include "storage/sample_desk.hpp"
#include "storage/sqlite/search_files.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace {

using namespace deskwire;
namespace fs = std::filesystem;
using Millis = std::chrono::duration<double, std::milli>;

struct Options {
  fs::path directory = "search_bench.data";
  std::size_t messages = 100'000;
  std::size_t questions = 300;
  std::size_t words = 90;
};

/// Made-up English and Vietnamese words and Chinese characters.
class Speech {
 public:
  enum class Language { english, vietnamese, chinese };

  Speech() {
    const std::vector<std::string> onsets{"b",  "c",  "d",  "đ",  "g", "h", "kh", "l",  "m",  "n",
                                          "ng", "nh", "ph", "qu", "r", "s", "t",  "th", "tr", "v"};
    const std::vector<std::string> rimes{"a",  "á",   "à",    "ảnh", "ạn",  "ăn", "ấp", "ầu", "e",
                                         "én", "ề",   "ện",   "i",   "ích", "o",  "òn", "ô",  "ối",
                                         "ơn", "ước", "ường", "u",   "úng", "ý",  "yên"};
    const std::vector<std::string> ends{"", "er", "ing", "ed", "tion", "ly", "ment", "able", "s"};
    for (const std::string& onset : onsets)
      for (const std::string& rime : rimes) vietnamese_.push_back(onset + rime);
    for (const char* a : {"de", "re", "sub", "con", "in", "pro", "ex", "trans", "over", "un"})
      for (const char* b : {"liv", "pay", "mit", "form", "port", "cept", "tend", "ship", "pack"})
        for (const std::string& c : ends)
          for (const char* d : {"", "al", "or"}) english_.push_back(std::string(a) + b + d + c);
    std::ranges::shuffle(vietnamese_, random_);
    std::ranges::shuffle(english_, random_);
  }

  std::string word(Language language) {
    if (language == Language::english) return english_[common(english_.size())];
    if (language == Language::vietnamese) return vietnamese_[common(vietnamese_.size())];
    std::string out;
    append_utf8(out, static_cast<char32_t>(0x4e00 + common(3'000)));
    append_utf8(out, static_cast<char32_t>(0x4e00 + common(3'000)));
    return out;
  }
  std::string text(std::size_t words) {
    const auto language = static_cast<Language>(random_() % 3);
    std::string out;
    for (std::size_t i = 0; i < words; ++i) {
      out += word(language);
      if (language != Language::chinese || i % 7 == 6) out += i % 12 == 11 ? ". " : " ";
    }
    return out + " 09" + std::to_string(10'000'000 + random_() % 90'000'000);
  }
  std::mt19937& random() { return random_; }

 private:
  /// Small numbers are much more common than large ones.
  std::size_t common(std::size_t below) {
    const double u = std::uniform_real_distribution(0.0, 1.0)(random_);
    return static_cast<std::size_t>(u * u * u * static_cast<double>(below));
  }

  std::mt19937 random_{5};
  std::vector<std::string> english_, vietnamese_;
};

double percentile(std::vector<Millis>& times, double share) {
  std::ranges::sort(times);
  return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))].count();
}

Millis since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::steady_clock::now() - begun;
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {
    fs::remove_all(options.directory);
    SqliteSettings settings;
    settings.directory = options.directory;
    store_ = open_sqlite(settings);
    desk_ = std::make_unique<SampleDesk>(
        store_->blobs(), SampleDesk::Settings{.seed = 1, .senders = 10'000, .mail_bytes = 1024});
    files_ = search_files({.file = file(), .vfs = ""});
  }
  ~Bench() {
    searcher_.reset();
    indexer_.reset();
    store_.reset();
    fs::remove_all(options_.directory);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void run() {
    const std::size_t quarter = options_.messages / 4;
    commit("commits of 16 mails, no index behind them", quarter);
    start();
    settle();
    commit("the same, indexed meanwhile", quarter);
    settle();
    stop();
    files_->remove();
    start();
    commit("the same, while the index is made anew", quarter);
    settle();
    stop();
    commit("", options_.messages - 3 * quarter);
    files_->remove();
    measure_rebuild();
    measure_questions();
  }

 private:
  [[nodiscard]] fs::path file() const { return options_.directory / "search.db"; }

  void commit(const char* what, std::size_t mails) {
    constexpr std::size_t kBatch = 16;
    std::vector<Millis> times;
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t done = 0; done < mails; done += kBatch) {
      Batch batch = desk_->mails(kBatch);
      for (ContentRow& row : batch.contents) {
        auto content = std::make_shared<MessageContent>(*row.content);
        content->text = speech_.text(options_.words);
        row.content = std::move(content);
      }
      const auto at = std::chrono::steady_clock::now();
      store_->commit(batch);
      times.push_back(since(at));
      if (indexer_) indexer_->committed(batch.journal.back().seq);
      (void)store_->housekeep(desk_->now(), false);
    }
    if (*what == '\0') return;
    const double rate = static_cast<double>(mails) / since(begun).count() * 1000;
    std::printf("%-45s %6.0f mails/s, commit p50 %.2f ms, p99 %.2f ms\n", what, rate,
                percentile(times, 0.5), percentile(times, 0.99));
  }

  void start() {
    indexer_ = std::make_unique<search::Indexer>(
        *files_, store_->open_reader(), store_->open_reader()->load({}).as_of,
        search::IndexerSettings{.store = "bench", .has_room = [] { return true; }});
  }
  void stop() { indexer_.reset(); }
  void settle() const {
    while (!indexer_->up_to_date()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  void measure_rebuild() {
    const auto begun = std::chrono::steady_clock::now();
    start();
    settle();
    const double seconds = since(begun).count() / 1000;
    std::printf(
        "%-45s %6.1f s, %.0f messages/s at half of one thread, %.1f KiB a message\n",
        "the index of all of them, from nothing", seconds,
        static_cast<double>(options_.messages) / seconds,
        static_cast<double>(fs::file_size(file())) / 1024 / static_cast<double>(options_.messages));
  }

  void measure_questions() {
    std::vector<std::unique_ptr<Reader>> readers;
    readers.push_back(store_->open_reader());
    searcher_ = std::make_unique<search::Searcher>(loop_, *files_, *indexer_, std::move(readers));
    using enum Speech::Language;
    const auto ask = [this](const char* what, auto question) { measure(what, question); };
    ask("one word", [&] { return speech_.word(english) + " "; });
    ask("two words", [&] { return speech_.word(english) + " " + speech_.word(english) + " "; });
    ask("two words with marks",
        [&] { return speech_.word(vietnamese) + " " + speech_.word(vietnamese) + " "; });
    ask("two words side by side",
        [&] { return "\"" + speech_.word(vietnamese) + " " + speech_.word(vietnamese) + "\""; });
    ask("two Chinese characters", [&] { return speech_.word(chinese); });
    ask("two letters, to be gone on with", [&] { return speech_.word(english).substr(0, 2); });
    ask("a word and an unfinished one",
        [&] { return speech_.word(english) + " " + speech_.word(english).substr(0, 3); });
    ask("a telephone number",
        [&] { return "09" + std::to_string(10'000'000 + speech_.random()() % 90'000'000); });
    ask("a word, not another, state:open",
        [&] { return speech_.word(english) + " -" + speech_.word(english) + " state:open "; });
    std::printf("%-45s p50 %.2f ms, p99 %.2f ms, max %.1f ms\n", "all of these",
                percentile(all_, 0.5), percentile(all_, 0.99), all_.back().count());
  }

  template <class Question>
  void measure(const char* what, Question question) {
    std::vector<Millis> times;
    std::size_t found = 0, cut = 0;
    for (std::size_t i = 0; i < options_.questions; ++i) {
      search::Ask ask;
      ask.text = question();
      search::add_query(ask, search::parse_query(ask.text, "VN"));
      ask.question.all_visible = true;
      ask.question.now = desk_->now();
      ask.sees = [](const Ticket&) { return true; };
      const auto begun = std::chrono::steady_clock::now();
      auto answer =
          boost::asio::co_spawn(loop_, searcher_->find(std::move(ask)), boost::asio::use_future);
      loop_.restart();
      loop_.run();
      times.push_back(since(begun));
      const search::Page page = answer.get();
      found += page.found.size();
      cut += page.complete ? 0 : 1;
    }
    all_.insert(all_.end(), times.begin(), times.end());
    std::printf(
        "%-45s p50 %.2f ms, p99 %.2f ms, max %.1f ms; %.1f of at most 20 shown, %zu of %zu cut\n",
        what, percentile(times, 0.5), percentile(times, 0.99), times.back().count(),
        static_cast<double>(found) / static_cast<double>(options_.questions), cut,
        options_.questions);
  }

  Options options_;
  Speech speech_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<SampleDesk> desk_;
  std::unique_ptr<SearchStore> files_;
  boost::asio::io_context loop_;
  std::unique_ptr<search::Indexer> indexer_;
  std::unique_ptr<search::Searcher> searcher_;
  std::vector<Millis> all_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("the search index: making it, asking it, and what it costs the commits");
  app.add_option("--directory", options.directory, "removed before and after");
  app.add_option("--messages", options.messages, "in the store");
  app.add_option("--questions", options.questions, "of each kind");
  app.add_option("--words", options.words, "of a message");
  CLI11_PARSE(app, argc, argv);
  Bench(options).run();
  return 0;
}
