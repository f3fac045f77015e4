// SPDX-License-Identifier: Apache-2.0
// Texts as search words, in the scripts that customers write.
#include <catch2/catch.hpp>
#include <string>

#include "search/words.hpp"

using namespace deskwire::search;

namespace {

std::string folded(std::string_view text) {
  std::string out;
  for (const Word& word : words_of(text)) out += (out.empty() ? "" : "|") + word.folded;
  return out;
}

std::string marked(std::string_view text) {
  std::string out;
  for (const Word& word : words_of(text)) out += (out.empty() ? "" : "|") + word.marked;
  return out;
}

std::string numbers(std::string_view text) {
  std::string out;
  for (const PhoneRun& run : phone_runs(text)) out += (out.empty() ? "" : "|") + run.digits;
  return out;
}

}  // namespace

TEST_CASE("English words lose their case and what stands between them") {
  CHECK(folded("Where's my Parcel (No. 42)?") == "where|s|my|parcel|no|42");
  CHECK(folded("kim.nguyen@Example.COM") == "kim|nguyen|example|com");
  CHECK(folded("") == "");
  CHECK(folded(" \t\r\n-- … — ☎ 😀 ") == "");
}

TEST_CASE("Vietnamese words lose their marks, and đ is a d") {
  CHECK(folded("Hóa đơn số 12 của CÔNG TY Đặng Thị Ngọc Ánh") ==
        "hoa|don|so|12|cua|cong|ty|dang|thi|ngoc|anh");
  CHECK(folded("ưu đãi, Ưu Đãi, hoàn trả, Nguyễn, Trương, lỗi, ỷ, ĩ, ẵ") ==
        "uu|dai|uu|dai|hoan|tra|nguyen|truong|loi|y|i|a");
}

TEST_CASE("marks that were written apart from their letters are the same word") {
  const std::string apart =
      "Ho\xcc\x81"
      "a tra\xcc\x89";  // H o ◌́ a, t r a ◌̉
  CHECK(folded(apart) == "hoa|tra");
}

TEST_CASE("a word with marks is known with them too") {
  CHECK(marked("HÓA đơn nay") == "hóa|đơn|");
  CHECK(marked("ĐẶNG Ưu ỶA") == "đặng|ưu|ỷa");
}

TEST_CASE("Chinese is cut into pairs, and the last character stands alone") {
  CHECK(folded("退款申请") == "退款|款申|申请|请");
  CHECK(folded("我要退款，谢谢！") == "我要|要退|退款|款|谢谢|谢");
  CHECK(folded("退") == "退");
}

TEST_CASE("scripts change in the middle of a text") {
  CHECK(folded("iPhone手机Ａ１") == "iphone|手机|机|a1");
  CHECK(folded("3月5日") == "3|月|5|日");
}

TEST_CASE("Japanese kana keep their voice, also where it was written apart") {
  CHECK(folded("ガギ") == "ガギ|ギ");
  CHECK(folded("カ\xe3\x82\x99キ\xe3\x82\x99") == "ガギ|ギ");  // U+3099 after each.
  CHECK(folded("ｶﾞｷﾞﾊﾟ") == "ガギ|ギパ|パ");
  CHECK(folded("は\xe3\x82\x9a") == "ぱ");
}

TEST_CASE("Korean is found in any form it is written") {
  CHECK(folded("환불을") == "환불|불을|을");
  const std::string pieces =
      "\xe1\x84\x92\xe1\x85\xaa\xe1\x86\xab\xe1\x84\x87\xe1\x85\xae\xe1\x86\xaf";
  CHECK(folded(pieces) == "환불|불");
}

TEST_CASE("other alphabets lose case and marks") {
  CHECK(folded("Straße ÆØÅ Łódź İstanbul ﬁn") == "strasse|aeoa|lodz|istanbul|fin");
  CHECK(folded("Заказ ЁЛКА") == "заказ|елка");
  CHECK(folded("ΠΑΡΑΓΓΕΛΊΑ λόγος") == "παραγγελια|λογοσ");
  CHECK(folded("أُريد") == "اريد");
}

TEST_CASE("what cannot be seen does not part a word") {
  CHECK(folded("Ver\xc2\xadtrag re\xe2\x80\x8b"
               "fund") == "vertrag|refund");
}

TEST_CASE("bytes that are no UTF-8 only part words") {
  CHECK(folded("ab\xff\xfe"
               "cd \xc3") == "ab|cd");
}

TEST_CASE("a word without end is cut") {
  const std::vector<Word> words = words_of(std::string(10'000, 'x') + " end");
  REQUIRE(words.size() == 2);
  CHECK(words[0].folded == std::string(kWordBytes, 'x'));
  CHECK(words[0].end == 10'000);
  CHECK(words[1].folded == "end");
}

TEST_CASE("a word knows where it stands") {
  const std::string text = "Hóa đơn: 退款";
  const std::vector<Word> words = words_of(text);
  REQUIRE(words.size() == 4);
  CHECK(text.substr(words[1].begin, words[1].end - words[1].begin) == "đơn");
  CHECK(text.substr(words[2].begin, words[2].end - words[2].begin) == "退款");
  CHECK(words[3].alone);
}

TEST_CASE("telephone numbers are found in any writing") {
  CHECK(numbers("call +84 912-345.678 or (028) 3823 4567.") == "84912345678|02838234567");
  CHECK(numbers("0912345678 0987654321") == "0912345678|0987654321");
  CHECK(numbers("room 12, 3 pieces") == "");
  CHECK(numbers("card 4111111111111111") == "");
  CHECK(backwards("0912") == "2190");
}
