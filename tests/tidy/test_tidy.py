#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/tidy against small made-up trees: what it must find, and what it must leave alone."""
import importlib.machinery
import importlib.util
import pathlib
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOADER = importlib.machinery.SourceFileLoader("tidy", str(ROOT / "tools" / "tidy"))
LOADER_SPEC = importlib.util.spec_from_loader("tidy", LOADER)
tidy = importlib.util.module_from_spec(LOADER_SPEC)
LOADER.exec_module(tidy)

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
TABLE = tidy.TABLE_HEAD + """
|---|---|---|---|
| base | – | – | – |
| domain | base | – | – |
| engine | domain | – | – |
| port | engine | – | – |
| runtime | port | `boost/asio` | `boost/asio` |
| auth | port | `sodium.h` | – |
| channels/* | runtime, auth | – | – |
| app | * | – | – |
"""


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("docs/architecture.md", TABLE)
        self.write("include/deskwire/base/id.hpp", SPDX)
        self.write("include/deskwire/port/store.hpp", SPDX)
        self.write("src/channels/sms/sms.hpp", SPDX)
        self.write("src/auth/keys.hpp", SPDX)

    def write(self, path, text):
        file = pathlib.Path(self.folder.name) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def findings(self):
        return tidy.Tidy(self.folder.name).run()

    def assert_found(self, path, text, *expected):
        self.write(path, text)
        found = "\n".join(self.findings())
        for words in expected:
            self.assertIn(words, found)

    def test_a_clean_tree_has_no_findings(self):
        self.write("src/channels/email/a.cpp", SPDX + '#include "auth/keys.hpp"\n#include <boost/asio/awaitable.hpp>\n'
                   '#include "deskwire/base/id.hpp"\n#include <spdlog/spdlog.h>\n#include <vector>\n#include <unistd.h>\n')
        self.assertEqual(self.findings(), [])

    def test_installed_packages_are_not_ours(self):
        self.write("tools/bench/peers/node_modules/some/long.h", "x\n" * 1000)
        self.assertEqual(self.findings(), [])

    def test_a_room_may_not_look_up(self):
        self.assert_found("src/engine/a.cpp", SPDX + '#include "deskwire/port/store.hpp"\n',
                          "src/engine/a.cpp:2: room engine may not include port")

    def test_neighbours_stay_apart(self):
        self.assert_found("src/channels/email/a.cpp", SPDX + '#include "channels/sms/sms.hpp"\n',
                          "channels/email may not include its neighbour channels/sms")

    def test_a_library_has_an_owner(self):
        self.assert_found("src/runtime/a.cpp", SPDX + "#include <sodium.h>\n#include <sqlite3.h>\n",
                          "a.cpp:2: <sodium.h> belongs to auth, not to runtime", "a.cpp:3: <sqlite3.h> is a library that no room")

    def test_the_ring_is_pure(self):
        self.assert_found("src/domain/a.cpp", SPDX + "#include <mutex>\n#include <unistd.h>\n", "a.cpp:2: <mutex>", "a.cpp:3: <unistd.h>")

    def test_unknown_files_and_rooms_are_named(self):
        self.assert_found("src/cellar/a.cpp", SPDX, "src/cellar/a.cpp:1: is in no room")
        self.assert_found("src/auth/a.cpp", SPDX + '#include "keys.hpp"\n', 'a.cpp:2: "keys.hpp" is not a file below src/')

    def test_no_clock_outside_runtime_and_app(self):
        code = SPDX + "auto a = std::chrono::steady_clock::now();\nauto b = time(nullptr);\nauto c = settings.now();\n"
        self.write("src/runtime/a.cpp", code)
        self.assertEqual(self.findings(), [])
        self.assert_found("src/auth/a.cpp", code, "src/auth/a.cpp:2: a clock", "src/auth/a.cpp:3: a clock")
        self.assertNotIn("a.cpp:4", "\n".join(self.findings()))

    def test_nothing_is_detached_but_words_in_comments_are_free(self):
        self.assert_found("src/runtime/a.cpp", SPDX + '// never detached\nauto s = "detached";\nco_spawn(e, f, detached);\n',
                          "src/runtime/a.cpp:4: nothing is let go of")
        self.assertEqual(len(self.findings()), 1)

    def test_spdx_and_columns(self):
        self.assert_found("tests/a.cpp", "int x;\n// " + "ä" * 98 + "\n", "tests/a.cpp:1: the first line", "a.cpp:2: 101 columns")

    def test_the_ratchet_only_goes_down(self):
        self.write("src/auth/long.cpp", SPDX + "\n" * 509)
        self.assertIn("src/auth/long.cpp:510: 510 lines, more than 500", "\n".join(self.findings()))
        self.write("tools/tidy.ratchet", "# why\nsrc/auth/long.cpp 510\n")
        self.assertEqual(self.findings(), [])
        self.write("src/auth/long.cpp", SPDX + "\n" * 519)
        self.assertIn("the ratchet allows 510", "\n".join(self.findings()))
        self.write("src/auth/long.cpp", SPDX + "\n" * 504)
        self.assertIn("tools/tidy.ratchet:2: src/auth/long.cpp shrank to 505", "\n".join(self.findings()))
        tidy.Tidy(self.folder.name).tighten()
        self.assertEqual(self.findings(), [])
        self.write("src/auth/long.cpp", SPDX)
        self.assertIn("needs no exception any more", "\n".join(self.findings()))


if __name__ == "__main__":
    unittest.main()
