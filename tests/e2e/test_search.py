# SPDX-License-Identifier: Apache-2.0
"""Search on the real daemon: mails in three languages, with and without marks, after a kill, without its file, from a backup."""
import asyncio
import re
import shutil
import subprocess
import unittest

from tests.e2e.harness import BINARY, Desk, Refused, wait_until

MAILS = {
    "Hóa đơn tháng 3": ("lan@khach.example", "Tôi chưa nhận được hóa đơn đỏ.\nSố của tôi là 0912 345 678.\n"),
    "订单没有收到": ("wang@kehu.example", "您好，我想申请退款，订单号是 A-7781。\n"),
    "Parcel is late": ("ann@customer.example", "My parcel has not arrived.\n\nOn Monday, Desk wrote:\n> quoted zebra\n"),
}


def found(desk, question, user="admin", **more):
    return desk.get("/search", user=user, q=question, **more)


def subjects(desk, question, user="admin"):
    return {item["ticket"]["subject"] for item in found(desk, question, user)["items"]}


def wait_for(desk, question, wanted, user="admin"):
    """Until the index, which follows commits, finds exactly these subjects."""
    wait_until(lambda: subjects(desk, question, user) == set(wanted), f"{question!r} to find {wanted}")


def metric(desk, name):
    _, text, _ = desk.request("GET", "/metrics")
    return float(re.search(rf"^{name} (\S+)$", text.decode(), re.M).group(1))


def send(desk):
    for subject, (sender, text) in MAILS.items():
        desk.mail(subject=subject, sender=sender, text=text)


class Search(unittest.TestCase):
    def finds_everything(self, desk):
        vietnamese, chinese, english = ([subject] for subject in MAILS)
        for question, wanted in {
                "hóa đơn đỏ": vietnamese, "hoa don do": vietnamese, "HOA DON": vietnamese, "\"hóa đơn đỏ\"": vietnamese,
                "退款": chinese, "申请退款": chinese, "款": chinese, "没有收到": chinese, "a-7781": chinese,
                "parcel": english, "parc": english, "arrived late": english,
                "0912345678": vietnamese, "+84 912 345 678": vietnamese, "from:lan": vietnamese, "wang@kehu.example": chinese,
                "khach example hoa": vietnamese, "channel:email parcel": english, "parcel -late": [], "zebra": [], "\"đỏ hóa\"": []}.items():
            with self.subTest(question):
                wait_for(desk, question, wanted)

    def test_three_languages_with_and_without_marks(self):
        with Desk() as desk:
            send(desk)
            self.finds_everything(desk)
            item = found(desk, "hoa don do")["items"][0]
            self.assertEqual(item["field"], "message")
            self.assertEqual("".join(f"[{p['text']}]" if p["hit"] else p["text"] for p in item["snippet"]),
                             "Tôi chưa nhận được [hóa] [đơn] [đỏ]. Số của tôi là 0912 345 678.")
            self.assertEqual(metric(desk, "deskwire_search_rebuilds_total"), 1)
            wait_until(lambda: metric(desk, "deskwire_search_lag_rows") == 0, "the index to be up to date")
            self.assertTrue(found(desk, "parcel")["complete"])

    def test_an_answer_and_a_note_are_found_and_only_by_those_who_see_the_ticket(self):
        async def work(desk):
            agent = await desk.console("agent1")
            other = await desk.console("agent2")
            await asyncio.to_thread(desk.mail, subject="Refund please", text="I want my money back.\n", to="billing@demo.test")
            ticket = (await agent.event("message.added"))["ticket"]["id"]
            await agent.call("ticket.claim", ticket=ticket)
            await agent.call("ticket.reply", ticket=ticket, client_id="1", text="Your voucher is Xylophone.")
            await agent.call("ticket.note", ticket=ticket, client_id="2", text="He was unverschämt.")
            for word in ("xylophone", "unverschamt"):
                await asyncio.to_thread(wait_for, desk, word, ["Refund please"], "agent1")
                self.assertEqual((await agent.call("ticket.search", query=word))["items"][0]["ticket"]["id"], ticket)
                self.assertEqual((await other.call("ticket.search", query=word))["items"], [])
                self.assertEqual((await other.call("ticket.search", query=f"#{ticket}"))["items"], [])
            with self.assertRaises(Refused) as refused:
                await agent.call("ticket.search", query="x" * 513)
            self.assertEqual(refused.exception.code, -32602)
            await agent.close()
            await other.close()
        with Desk() as desk:
            asyncio.run(work(desk))

    def test_nothing_is_lost_by_a_kill(self):
        with Desk() as desk:
            for round_ in range(3):
                desk.mail(subject=f"Before {round_}", text=f"murder{round_}\n")
                desk.kill()
                desk.start()
            send(desk)
            desk.kill()
            desk.start()
            self.finds_everything(desk)
            wait_for(desk, "murder", ["Before 0", "Before 1", "Before 2"])
            self.assertEqual(metric(desk, "deskwire_search_rebuilds_total"), 0)

    def test_a_file_that_is_gone_or_damaged_is_made_anew(self):
        with Desk() as desk:
            send(desk)
            wait_for(desk, "parcel", ["Parcel is late"])
            for spoil in (lambda file: file.unlink(), lambda file: file.write_bytes(b"not a database" * 1000)):
                desk.stop()
                spoil(desk.data / "search.db")
                desk.start()
                self.finds_everything(desk)
                self.assertEqual(metric(desk, "deskwire_search_rebuilds_total"), 1)

    def test_a_backup_leaves_the_index_out_and_a_restored_desk_makes_its_own(self):
        with Desk() as desk:
            send(desk)
            wait_for(desk, "parcel", ["Parcel is late"])
            copy = desk.folder / "copy"
            subprocess.run([BINARY, "backup", str(copy), "--data", str(desk.data)], check=True, timeout=60)
            self.assertEqual(sorted(p.name for p in copy.iterdir()), ["blobs", "deskwire.db"])
            desk.mail(subject="Afterwards", text="aardvark\n")
            wait_for(desk, "aardvark", ["Afterwards"])
            desk.stop()
            with self.subTest("into an empty folder"):
                later = desk.folder / "later"
                shutil.move(desk.data, later)
                shutil.copytree(copy, desk.data)
                desk.start()
                self.finds_everything(desk)
                self.assertEqual(subjects(desk, "aardvark"), set())
                desk.stop()
            with self.subTest("beside the index of a later time"):
                shutil.rmtree(desk.data)
                shutil.copytree(copy, desk.data)
                shutil.copy(later / "search.db", desk.data / "search.db")
                desk.start()
                self.finds_everything(desk)
                self.assertEqual(subjects(desk, "aardvark"), set())


if __name__ == "__main__":
    unittest.main()
