// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "text/mentions.hpp"

using deskwire::text::mentions;
using Names = std::vector<std::string_view>;

TEST_CASE("a name behind an at sign at the beginning of a word is called") {
  CHECK(mentions("@ann, could you look? (@bob.lee) or @ann again.", 20) == Names{"ann", "bob.lee"});
  CHECK(mentions("Ask @linh-mai. And @đức!", 20) == Names{"linh-mai", "đức"});
}

TEST_CASE("addresses and lone signs call nobody") {
  CHECK(mentions("write to ann@shop.example @ once", 20).empty());
  CHECK(mentions("@...", 20).empty());
  CHECK(mentions("", 20).empty());
}

TEST_CASE("no more are called than asked for") {
  CHECK(mentions("@a @b @c", 2) == Names{"a", "b"});
}
