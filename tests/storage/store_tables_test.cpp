// SPDX-License-Identifier: Apache-2.0
// The contract of port/store.hpp for its plain tables: names, blobs, users, sessions, uploads,
// secrets.
#include <catch2/catch.hpp>
#include <memory>
#include <stdexcept>

#include "codec/filled.hpp"
#include "storage/sample_desk.hpp"
#include "storage/store_rows.hpp"

using namespace deskwire;

TEMPLATE_TEST_CASE("names keep their ids, and the next id is above all of them", "", STORES) {
  TestType on;
  auto store = on.open();
  Batch batch;
  batch.names = {{"queue", "billing", 7}, {"queue", "general", 2}, {"skill", "billing", 1}};
  store->commit(batch);
  store.reset();
  store = on.open();
  NameIds names = store->load_names();
  CHECK(names.find("queue", "billing") == 7);
  CHECK(names.find("skill", "billing") == 1);
  CHECK(names.id_of("queue", "new") == 8);
}

TEMPLATE_TEST_CASE("blobs of any size are kept and read back", "", STORES) {
  TestType on;
  auto store = on.open();
  std::string incompressible(200'000, '\0');
  filled::Draw draw(4);
  for (char& c : incompressible) c = static_cast<char>(draw.bits());
  const std::vector<std::string> samples = {"", "small", std::string(1'000'000, 'a'),
                                            incompressible};
  Batch batch;
  std::uint64_t id = 0;
  for (const std::string& bytes : samples) {
    const auto blob = store->blobs().keep(bytes);
    CHECK(blob->size_bytes == bytes.size());
    CHECK(blob->sha256.size() == 64);
    auto content = std::make_shared<MessageContent>();
    content->raw = blob;
    batch.messages.push_back(a_message(++id, 1, 1));
    batch.contents.push_back({MessageId{id}, TicketId{1}, false, content});
  }
  store->commit(batch);
  store.reset();
  store = on.open();
  const auto reader = store->open_reader();
  for (std::size_t i = 0; i < samples.size(); ++i)
    CHECK(reader->raw_message(MessageId{i + 1}) == samples[i]);
  const auto row = reader->message(MessageId{2});
  REQUIRE(row->content.raw);
  CHECK(row->content.raw->sha256 == store->blobs().keep("small")->sha256);
  CHECK(row->content.raw->size_bytes == 5);
  CHECK(row->content.raw->compressed.empty());
}

TEMPLATE_TEST_CASE("the same bytes kept twice are one blob", "", STORES) {
  TestType on;
  const auto store = on.open();
  CHECK(store->blobs().keep("same")->sha256 == store->blobs().keep("same")->sha256);
  SampleDesk first(store->blobs(), {});
  store->commit(first.mails(3));
  Batch again;
  auto content = std::make_shared<MessageContent>();
  content->raw = store->blobs().keep("same");
  again.messages = {a_message(100, 1, 9), a_message(101, 1, 10)};
  again.contents = {{MessageId{100}, TicketId{1}, false, content},
                    {MessageId{101}, TicketId{1}, false, content}};
  store->commit(again);
  for (const MessageId id : {MessageId{100}, MessageId{101}})
    CHECK(store->open_reader()->raw_message(id) == "same");
}

TEMPLATE_TEST_CASE("users are changed by id and found by name", "", STORES) {
  TestType on;
  auto store = on.open();
  UserRow user{.id = AgentId{3},
               .user = "agent1",
               .name = "Agent One",
               .role = Role::supervisor,
               .password_hash = "$argon2id$x",
               .enabled = true,
               .created_at = Instant{77}};
  store->put_user(user);
  user.name = "Renamed";
  user.enabled = false;
  store->put_user(user);
  UserRow other = user;
  other.id = AgentId{4};
  CHECK_THROWS_AS(store->put_user(other), std::invalid_argument);
  other.user = "agent2";
  store->put_user(other);
  store.reset();
  store = on.open();
  const auto reader = store->open_reader();
  CHECK(reader->users().size() == 2);
  const auto found = reader->user("agent1");
  REQUIRE(found);
  CHECK(found->id == AgentId{3});
  CHECK(found->name == "Renamed");
  CHECK(found->role == Role::supervisor);
  CHECK(found->password_hash == "$argon2id$x");
  CHECK_FALSE(found->enabled);
  CHECK(found->created_at == Instant{77});
}

TEMPLATE_TEST_CASE("sessions are kept until they end or run out", "", STORES) {
  TestType on;
  const auto store = on.open();
  const auto reader = store->open_reader();
  SessionRow session{.token_hash = "aa",
                     .user = AgentId{1},
                     .created_at = Instant{5},
                     .expires_at = kLater + days(1),
                     .last_seen_at = Instant{6},
                     .device = "Firefox on Linux",
                     .network = "203.0.113.7"};
  store->put_session(session);
  session.last_seen_at = Instant{9};
  store->put_session(session);
  session.token_hash = "bb";
  session.expires_at = kLater - days(1);
  store->put_session(session);
  session.token_hash = "cc";
  store->put_session(session);
  store->delete_session("cc");
  CHECK_FALSE(reader->session("cc"));
  CHECK(reader->session("bb"));
  keep_house(*store, kLater);
  CHECK_FALSE(reader->session("bb"));
  const auto kept = reader->session("aa");
  REQUIRE(kept);
  CHECK(kept->last_seen_at == Instant{9});
  CHECK(kept->device == "Firefox on Linux");
  CHECK(kept->network == "203.0.113.7");
  CHECK(kept->expires_at == kLater + days(1));
}

TEMPLATE_TEST_CASE("a new password ends a user's sessions, and so does being disabled", "",
                   STORES) {
  TestType on;
  const auto store = on.open();
  const auto reader = store->open_reader();
  UserRow user;
  user.id = AgentId{1};
  user.user = "agent1";
  user.password_hash = "one";
  store->put_user(user);
  const auto open_session = [&](AgentId of, std::string hash) {
    store->put_session({.token_hash = std::move(hash),
                        .user = of,
                        .created_at = Instant{5},
                        .expires_at = kLater,
                        .last_seen_at = Instant{5}});
  };
  open_session(AgentId{1}, "aa");
  open_session(AgentId{2}, "bb");
  user.name = "Renamed";
  store->put_user(user);
  CHECK(reader->session("aa"));
  SECTION("a password") { user.password_hash = "two"; }
  SECTION("disabled") { user.enabled = false; }
  store->put_user(user);
  CHECK_FALSE(reader->session("aa"));
  CHECK(reader->session("bb"));
}

TEMPLATE_TEST_CASE("uploads get ids of their own and go a day later", "", STORES) {
  TestType on;
  const auto store = on.open();
  const auto blob = store->blobs().keep("the bytes");
  UploadRow upload{.id = 0,
                   .user = AgentId{1},
                   .name = "a.txt",
                   .type = "text/plain",
                   .size_bytes = 9,
                   .blob_sha256 = blob->sha256,
                   .created_at = kLater};
  const std::uint64_t first = store->put_upload(upload, *blob);
  upload.created_at = kLater - days(2);
  const std::uint64_t second = store->put_upload(upload, *blob);
  CHECK(first != 0);
  CHECK(second != first);
  const auto reader = store->open_reader();
  const auto found = reader->upload(first);
  REQUIRE(found);
  CHECK(found->name == "a.txt");
  CHECK(found->blob_sha256 == blob->sha256);
  CHECK(reader->blob(blob->sha256) == "the bytes");
  keep_house(*store, kLater);
  CHECK(reader->upload(first));
  CHECK_FALSE(reader->upload(second));
  CHECK(reader->blob(blob->sha256) == "the bytes");
}

TEMPLATE_TEST_CASE("records are found by key, listed newest first and go when their time is up", "",
                   STORES) {
  TestType on;
  const auto store = on.open();
  const auto put = [&](const char* kind, const char* key, Instant at, Instant until = kNever) {
    store->put_record({.kind = kind, .key = key, .at = at, .expires_at = until, .value = "{}"}, 3);
  };
  put("hook", "a", Instant{10});
  put("hook", "b", Instant{30}, kLater);
  put("other", "a", Instant{99});
  put("hook", "c", Instant{20});
  const auto reader = store->open_reader();
  const auto keys = [&](Instant before) {
    std::string out;
    for (const Record& record : reader->records("hook", before, 10)) out += record.key;
    return out;
  };
  CHECK(keys({}) == "bca");
  CHECK(keys(Instant{30}) == "ca");
  CHECK(reader->record("hook", "b")->expires_at == kLater);
  CHECK_FALSE(reader->record("hook", "x"));
  put("hook", "d", Instant{40});
  CHECK(keys({}) == "dbc");
  store->delete_record("hook", "d");
  keep_house(*store, kLater);
  CHECK(keys({}) == "c");
  CHECK(reader->record("other", "a")->at == Instant{99});
}

TEMPLATE_TEST_CASE("drafts are one of a kind, bounded for each user, and go with their ticket", "",
                   STORES) {
  TestType on;
  auto store = on.open();
  Batch batch;
  batch.tickets = {a_ticket(1), a_ticket(2), a_ticket(3)};
  store->commit(batch);
  const auto put = [&](std::uint64_t ticket, std::uint64_t user, DraftKind kind, std::int64_t at,
                       std::string text) {
    store->put_draft({.ticket = TicketId{ticket},
                      .user = AgentId{user},
                      .kind = kind,
                      .base_seq = 7,
                      .saved_at = Instant{at},
                      .text = std::move(text)},
                     3);
  };
  put(1, 1, DraftKind::note, 10, "first");
  put(1, 1, DraftKind::reply, 20, "an answer");
  put(1, 1, DraftKind::note, 30, "second");
  put(1, 2, DraftKind::note, 5, "another's");
  put(2, 1, DraftKind::reply, 40, "elsewhere");
  store.reset();
  store = on.open();
  const auto reader = store->open_reader();
  const auto texts = [&](std::uint64_t user, std::uint64_t ticket) {
    std::string out;
    for (const DraftRow& row : reader->drafts(AgentId{user}, TicketId{ticket}))
      out += std::string(name(row.kind)) + "=" + row.text + ";";
    return out;
  };
  CHECK(texts(1, 1) == "reply=an answer;note=second;");
  CHECK(texts(2, 1) == "note=another's;");
  const DraftRow kept = reader->drafts(AgentId{1}, TicketId{2}).at(0);
  CHECK(kept.base_seq == 7);
  CHECK(kept.saved_at == Instant{40});
  put(3, 1, DraftKind::reply, 50, "one too many");
  CHECK(texts(1, 1) == "note=second;");
  CHECK(texts(2, 1) == "note=another's;");
  store->delete_draft(AgentId{1}, TicketId{3}, DraftKind::note);
  CHECK(texts(1, 3) == "reply=one too many;");
  store->delete_draft(AgentId{1}, TicketId{3}, DraftKind::reply);
  CHECK(texts(1, 3).empty());
  Batch closing;
  closing.tickets = {a_ticket(1)};
  closing.tickets[0].state = TicketState::closed;
  store->commit(closing);
  keep_house(*store, kLater);
  CHECK(texts(1, 1).empty());
  CHECK(texts(2, 1).empty());
  CHECK(texts(1, 2) == "reply=elsewhere;");
}

TEMPLATE_TEST_CASE("media that arrive later take their place in the message's content", "",
                   STORES) {
  TestType on;
  const auto store = on.open();
  auto content = std::make_shared<MessageContent>();
  content->text = "look";
  content->attachments = {{.n = 1,
                           .name = "photo",
                           .type = "image/jpeg",
                           .content_id = {},
                           .blob_sha256 = {},
                           .source_url = "https://provider.test/1"}};
  Batch first;
  first.messages = {a_message(1, 1, 1)};
  first.contents = {{.message = MessageId{1}, .ticket = TicketId{1}, .content = content}};
  first.records = {{.kind = "media", .key = "1", .at = Instant{5}, .value = {}}};
  store->commit(first);
  const auto reader = store->open_reader();
  CHECK(reader->message(MessageId{1})->content.attachments.at(0).source_url ==
        "https://provider.test/1");
  CHECK(reader->record("media", "1"));

  auto fetched = std::make_shared<MessageContent>();
  const auto blob = store->blobs().keep("the photo");
  fetched->attachments = content->attachments;
  fetched->attachments[0].source_url.clear();
  fetched->attachments[0].blob_sha256 = blob->sha256;
  fetched->blobs = {blob};
  Batch second;
  second.contents = {
      {.message = MessageId{1}, .ticket = {}, .content = fetched, .attachments_only = true}};
  second.records_gone = {{"media", "1"}};
  store->commit(second);
  const auto row = reader->message(MessageId{1});
  CHECK(row->content.text == "look");
  REQUIRE(row->content.attachments.size() == 1);
  CHECK(row->content.attachments[0].source_url.empty());
  CHECK(reader->blob(row->content.attachments[0].blob_sha256) == "the photo");
  CHECK_FALSE(reader->record("media", "1"));
}

TEMPLATE_TEST_CASE("a secret is made once and stays", "", STORES) {
  TestType on;
  auto store = on.open();
  const std::string secret = store->secret("mail");
  CHECK(secret.size() == 64);
  CHECK(store->secret("mail") == secret);
  CHECK(store->secret("other") != secret);
  store.reset();
  store = on.open();
  CHECK(store->secret("mail") == secret);
}
