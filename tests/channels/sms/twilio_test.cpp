// SPDX-License-Identifier: Apache-2.0
// Twilio: signatures, hooks, sending, and asking for what was missed.
#include <catch2/catch.hpp>

#include "auth/digest.hpp"
#include "auth/signatures.hpp"
#include "channels/sms/hooks.hpp"

using namespace deskwire;
using namespace deskwire::sms;
using namespace deskwire::test;

namespace {

const Adapter& twilio() { return *find_adapter("twilio"); }

/// Signed as Twilio would for a URL that it knows as `url`, with the fields in sorted order.
Posted signed_post(const std::string& url, const Params& params, std::string_view fields,
                   const std::string& secret = "first") {
  Posted out = form_post(params);
  out.target = url.substr(url.find('/', 8));
  out.headers.emplace_back("x-twilio-signature",
                           base64(hmac_sha1(secret, url + std::string(fields))));
  return out;
}

std::optional<Forged> fault(const Posted& request, const Line& line = a_line()) {
  const auto verdict = twilio().verify(request.view(), line, kNow);
  return verdict ? std::nullopt : std::optional(verdict.error());
}

const Params kInbound{{"MessageSid", "SM1"}, {"From", "+15550100002"}, {"To", "+15550100001"},
                      {"Body", "Hi"},        {"NumMedia", "0"},        {"AccountSid", "AC1"}};

Hook parsed(const Params& params, std::string target = "/hooks/x") {
  Posted request = form_post(params);
  request.target = std::move(target);
  const auto hook = twilio().parse(request.view());
  REQUIRE(hook);
  return *hook;
}

}  // namespace

TEST_CASE("Twilio's signature covers the URL and the sorted fields") {
  const std::string url = "https://desk.example.com/hooks/twilio/sms?a=1&b=%20x";
  const Params params{{"To", "+1"}, {"Body", "Grüße & <3"}, {"From", "+2"}, {"Empty", ""}};
  const std::string fields = "BodyGrüße & <3EmptyFrom+2To+1";
  CHECK_FALSE(fault(signed_post(url, params, fields)));
  CHECK_FALSE(fault(signed_post(url, params, fields, "second")));
  CHECK(fault(signed_post(url, params, fields, "third")) == Forged::wrong_signature);
  CHECK(fault(signed_post(url, params, "BodyGrüße")) == Forged::wrong_signature);

  Posted moved = signed_post(url, params, fields);
  moved.target = "/hooks/twilio/sms?a=1&b=+x";
  CHECK(fault(moved) == Forged::wrong_signature);
}

TEST_CASE("Twilio may know the desk with or without its port, and by any of its names") {
  for (const char* base : {"https://desk.example.com", "https://desk.example.com:443"}) {
    Posted request = signed_post(std::string(base) + "/h", kInbound,
                                 "AccountSidAC1BodyHiFrom+15550100002MessageSidSM1NumMedia0"
                                 "To+15550100001");
    CHECK_FALSE(fault(request));
    request.public_urls = {"https://other.example.com", "https://desk.example.com:443"};
    CHECK_FALSE(fault(request));
    request.public_urls = {"https://other.example.com"};
    CHECK(fault(request) == Forged::wrong_signature);
    request.public_urls = {};
    CHECK(fault(request) == Forged::wrong_signature);
  }
  Posted odd = signed_post("http://[::1]:8080/h", {{"A", "1"}}, "A1");
  odd.public_urls = {"http://[::1]:8080"};
  CHECK_FALSE(fault(odd));
  odd.public_urls = {"http://[::1]"};
  CHECK(fault(odd) == Forged::wrong_signature);
}

TEST_CASE("a field that Twilio repeats counts once for each value, in the order of the values") {
  const std::string url = "https://desk.example.com/h";
  const Params params{{"Digits", "2"}, {"Digits", "10"}, {"Digits", "2"}, {"A", "z"}};
  CHECK_FALSE(fault(signed_post(url, params, "AzDigits10Digits2")));
  CHECK(fault(signed_post(url, params, "AzDigits2Digits10Digits2")) == Forged::wrong_signature);
}

TEST_CASE("a body that is no form counts only with its hash in the URL") {
  Posted request = json_post(R"({"a":1})");
  const auto sign = [&](std::string target) {
    request.target = std::move(target);
    request.headers.resize(1);
    const std::string url = "https://desk.example.com" + request.target;
    request.headers.emplace_back("x-twilio-signature", base64(hmac_sha1("first", url)));
  };
  sign("/h?bodySHA256=" + sha256_hex(request.body));
  CHECK_FALSE(fault(request));
  request.body = R"({"a":2})";
  CHECK(fault(request) == Forged::wrong_signature);
  sign("/h");
  CHECK(fault(request) == Forged::wrong_signature);
  sign("/h?bodySHA256=");
  CHECK(fault(request) == Forged::wrong_signature);
  request.body.clear();
  sign("/h");
  CHECK_FALSE(fault(request));
}

TEST_CASE("a request without one signature is nobody's, nor one that an empty secret signed") {
  Posted request = form_post(kInbound);
  CHECK(fault(request) == Forged::no_signature);
  request = signed_post("https://desk.example.com/h", {{"A", "1"}}, "A1");
  request.headers.push_back(request.headers.back());
  CHECK(fault(request) == Forged::no_signature);
  Line line = a_line();
  line.secrets = {""};
  CHECK(fault(signed_post("https://desk.example.com/h", {{"A", "1"}}, "A1", ""), line) ==
        Forged::wrong_signature);
  line.hook_secrets = {"token"};
  CHECK_FALSE(fault(signed_post("https://desk.example.com/h", {{"A", "1"}}, "A1", "token"), line));
  request = signed_post("https://desk.example.com/h", {}, "");
  request.body = "A=%zz";
  CHECK(fault(request) == Forged::malformed);
}

TEST_CASE("an inbound message of Twilio keeps its media and the keyword Twilio saw") {
  Params params = kInbound;
  params[3].value = "STOP";
  params[4].value = "2";
  params.push_back({"OptOutType", "STOP"});
  params.push_back({"MediaUrl0", "https://api.twilio.com/a"});
  params.push_back({"MediaContentType0", "image/png"});
  params.push_back({"MediaUrl1", "https://api.twilio.com/b"});
  const Hook hook = parsed(params);
  REQUIRE(hook.texts.size() == 1);
  const InboundText& text = hook.texts.front();
  CHECK(text.id == "SM1");
  CHECK(text.from == "+15550100002");
  CHECK(text.to == "+15550100001");
  CHECK(text.text == "STOP");
  CHECK(text.keyword == Keyword::stop);
  CHECK(text.account == "AC1");
  REQUIRE(text.media.size() == 2);
  CHECK(text.media[0].type == "image/png");
  CHECK(text.media[1].url == "https://api.twilio.com/b");
  CHECK(twilio().reply().type == "text/xml");
  CHECK(twilio().reply().body == "<Response/>");
  CHECK(twilio().recipient_account(form_post(params).view()) == "AC1");
}

TEST_CASE("every state of Twilio is a state of ours") {
  using enum DeliveryState;
  for (const auto& [status, state] : {std::pair{"accepted", sent},
                                      {"scheduled", sent},
                                      {"queued", sent},
                                      {"sending", sent},
                                      {"sent", sent},
                                      {"delivered", delivered},
                                      {"read", delivered},
                                      {"partially_delivered", delivered},
                                      {"undelivered", failed},
                                      {"failed", failed},
                                      {"canceled", failed}}) {
    const Hook hook = parsed({{"MessageSid", "SM1"}, {"MessageStatus", status}}, "/s?m=t%2B1");
    REQUIRE(hook.receipts.size() == 1);
    CHECK(hook.receipts[0].state == state);
    CHECK(hook.receipts[0].id == "SM1");
    CHECK(hook.receipts[0].token == "t+1");
  }
  CHECK(parsed({{"MessageSid", "SM1"}, {"MessageStatus", "evaporated"}}).receipts.empty());
}

TEST_CASE("a failure is told with its code and without anyone's number") {
  const Hook hook = parsed({{"SmsSid", "SM1"},
                            {"SmsStatus", "failed"},
                            {"ErrorCode", "21610"},
                            {"ErrorMessage",
                             "From/To pair (+1 (555) 010-0002 / 15550100001) "
                             "violates rule 3."}});
  CHECK(hook.receipts.at(0).detail == "21610 From/To pair (…) violates rule 3.");
}

TEST_CASE("a message goes to Twilio as a form under the account's name") {
  Outgoing message = a_message();
  message.media_urls = {"https://desk.example.com/m/1", "https://desk.example.com/m/2"};
  const ApiCall call = twilio().send(a_line(), message, kNow);
  CHECK(call.method == "POST");
  CHECK(call.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
  CHECK(header_of(call.headers, "authorization") == "Basic " + base64("AC1:first"));
  CHECK(header_of(call.headers, "content-type") == "application/x-www-form-urlencoded");
  const Params form = parse_form(call.body).value();
  CHECK(param(form, "To") == "+15550100002");
  CHECK(param(form, "From") == "+15550100001");
  CHECK(param(form, "Body") == "Good morning & hello");
  CHECK(param(form, "StatusCallback") == message.status_url);
  CHECK(form.back().value == "https://desk.example.com/m/2");

  Line line = a_line();
  line.key = "SK1";
  line.api_base = "http://127.0.0.1:4010";
  line.messaging_service = "MG1";
  const ApiCall other = twilio().send(line, message, kNow);
  CHECK(other.url.starts_with("http://127.0.0.1:4010/2010-04-01/"));
  CHECK(header_of(other.headers, "authorization") == "Basic " + base64("SK1:first"));
  CHECK(param(*parse_form(other.body), "MessagingServiceSid") == "MG1");
  CHECK_FALSE(has_param(*parse_form(other.body), "From"));
}

TEST_CASE("what became of a message is read from the answer, and doubt stays doubt") {
  using enum DeliveryState;
  const SendAnswer taken = twilio().read_send(answered(201, R"({"sid":"SM9","status":"queued"})"));
  CHECK(taken.state == sent);
  CHECK(taken.id == "SM9");
  CHECK(twilio().read_send({}).state == queued);
  CHECK(twilio().read_send(answered(0)).state == unknown);
  for (const unsigned status : {401u, 408u, 429u, 503u})
    CHECK(twilio().read_send(answered(status)).state == queued);
  for (const unsigned status : {500u, 502u, 504u, 100u, 700u})
    CHECK(twilio().read_send(answered(status, "<html>")).state == unknown);
  const SendAnswer refused = twilio().read_send(
      answered(400, R"({"code":21610,"message":"Attempt to send to +15550100002","status":400})"));
  CHECK(refused.state == failed);
  CHECK(refused.detail == "21610 Attempt to send to …");
  CHECK_FALSE(twilio().repeats_safely());
}

TEST_CASE("missed messages are listed page by page, back to the time asked for") {
  const auto call = twilio().list(a_line(), kNow, kNow + hours(1));
  REQUIRE(call);
  CHECK(call->method == "GET");
  CHECK(call->url ==
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
        "?To=%2B15550100001&DateSent%3E=2023-11-14&PageSize=100");
  const auto message = [](std::string_view sid, std::string_view date, std::string_view direction) {
    return std::string(R"({"sid":")").append(sid).append(R"(","direction":")").append(direction) +
           R"(","from":"+15550100002","to":"+15550100001","body":"x","num_media":"1",)" +
           R"("date_sent":")" + std::string(date) + R"("})";
  };
  const std::string fresh = message("SM3", "Tue, 14 Nov 2023 22:13:20 +0000", "inbound") + "," +
                            message("SM2", "Tue, 14 Nov 2023 22:14:00 +0000", "outbound-api");
  const std::string next = R"(],"next_page_uri":"/2010-04-01/Accounts/AC1/Messages.json?Page=1"})";
  auto listed = twilio().read_list(a_line(), answered(200, R"({"messages":[)" + fresh + next),
                                   kNow + milliseconds(500), kNow);
  REQUIRE(listed);
  REQUIRE(listed->texts.size() == 1);
  CHECK(listed->texts[0].id == "SM3");
  CHECK(listed->texts[0].sent_at == kNow);
  CHECK(listed->texts[0].unlisted_media == 1);
  REQUIRE(listed->next);
  CHECK(listed->next->url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json?Page=1");

  const std::string old = message("SM1", "Tue, 14 Nov 2023 22:13:19 +0000", "inbound");
  listed = twilio().read_list(a_line(), answered(200, R"({"messages":[)" + old + next), kNow, kNow);
  REQUIRE(listed);
  CHECK(listed->texts.empty());
  CHECK_FALSE(listed->next);
  CHECK_FALSE(twilio().read_list(a_line(), answered(500), kNow, kNow));
  CHECK_FALSE(twilio().read_list(a_line(), answered(200, "[]"), kNow, kNow));
}

TEST_CASE("a next page that leads elsewhere is not followed, for the secret goes with it") {
  for (const char* next : {"https://evil.example/x", "//evil.example/x", "@evil.example/x", "",
                           "/a b", "/a\\r\\nb", ".evil.example/"}) {
    const std::string body =
        R"({"messages":[{"sid":"SM1"}],"next_page_uri":")" + std::string(next) + R"("})";
    const auto listed = twilio().read_list(a_line(), answered(200, body), kNow, kNow);
    REQUIRE(listed);
    if (listed->next) CHECK(listed->next->url.starts_with("https://api.twilio.com//evil"));
  }
}

TEST_CASE("the media of a listed message are asked for and found beside their descriptions") {
  InboundText text;
  text.id = "MM1";
  CHECK_FALSE(twilio().list_media(a_line(), text));
  text.unlisted_media = 1;
  CHECK(twilio().list_media(a_line(), text)->url ==
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media.json");
  const auto media = twilio().read_media(
      a_line(), answered(200, R"({"media_list":[{"sid":"ME1","content_type":"image/jpeg",
        "uri":"/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1.json"},{"uri":"x"},7]})"));
  REQUIRE(media);
  REQUIRE(media->size() == 1);
  CHECK(media->front().url ==
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1");
  CHECK(media->front().type == "image/jpeg");
}

TEST_CASE("Twilio's secret is shown to Twilio only when media are fetched") {
  CHECK(twilio().media_headers(a_line(), "https://api.twilio.com/x").size() == 1);
  CHECK(twilio().media_headers(a_line(), "https://API.twilio.com:443/x").size() == 1);
  for (const char* url : {"http://api.twilio.com/x", "https://api.twilio.com.evil.example/x",
                          "https://api.twilio.com@evil.example/x", "https://api.twilio.com:8443/",
                          "https://evil.example/https://api.twilio.com/", "api.twilio.com", ""})
    CHECK(twilio().media_headers(a_line(), url).empty());
}

TEST_CASE("an interrupted message is recognised by recipient, time and text") {
  CHECK(twilio().look_up(a_line(), a_message(), kNow, kNow)->url ==
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
        "?To=%2B15550100002&From=%2B15550100001&PageSize=100");
  const auto page = [](std::string_view body, std::string_view date) {
    return answered(200, R"({"messages":[{"sid":"SM7","direction":"outbound-api","status":"sent",
      "to":"+15550100002","error_code":null,"body":")" +
                             std::string(body) + R"(","date_sent":null,"date_created":")" +
                             std::string(date) + R"("}],"next_page_uri":"/p2"})");
  };
  const std::string then = "Tue, 14 Nov 2023 22:11:21 +0000";
  auto found =
      twilio().read_look_up(a_line(), a_message(), page("Good morning & hello", then), kNow);
  REQUIRE(found);
  REQUIRE(found->sent);
  CHECK(found->sent->id == "SM7");
  CHECK(found->sent->state == DeliveryState::sent);
  CHECK_FALSE(found->next);

  CHECK(
      twilio().read_look_up(a_line(), a_message(), page("Good morning, hello", then), kNow)->sent);
  found = twilio().read_look_up(a_line(), a_message(), page("Something else", then), kNow);
  CHECK_FALSE(found->sent);
  CHECK(found->next);
  found = twilio().read_look_up(
      a_line(), a_message(), page("Good morning & hello", "Tue, 14 Nov 2023 22:11:19 +0000"), kNow);
  CHECK_FALSE(found->sent);
  CHECK_FALSE(found->next);
  Outgoing again = a_message();
  again.other_ids = {"SM7"};
  CHECK_FALSE(twilio().read_look_up(a_line(), again, page(again.text, then), kNow)->sent);
  CHECK_FALSE(twilio().read_look_up(a_line(), again, answered(503), kNow));
}
