"""Whose turn it is: numbers the requests as they come and draws what is done with each."""

import threading

from mailer.sandbox.misbehaving import Kind, Misbehaviour, Step, draw


class Turns:
    """The orders in force and the numbers given so far; any thread may ask."""

    def __init__(self, orders: Misbehaviour, last: int) -> None:
        """Begin with `orders`; numbers go on after `last`."""
        self._lock = threading.Lock()
        self._ordinal = last
        self._questions = 0
        self.change(orders)

    @property
    def orders(self) -> Misbehaviour:
        """Return the orders in force."""
        return self._orders

    def change(self, orders: Misbehaviour) -> None:
        """Put other orders in force: their script and their limit begin with the next request."""
        with self._lock:
            self._orders = orders
            self._turn = self._faulty = 0

    def next(self) -> tuple[int, Misbehaviour, Step]:
        """Return the next request's number, the orders it falls under, and what is done with it."""
        with self._lock:
            self._ordinal += 1
            step = draw(self._orders, self._ordinal, self._turn)
            self._turn += 1
            if step.kind is not Kind.WELL:
                if self._orders.limit is not None and self._faulty >= self._orders.limit:
                    step = Step()
                else:
                    self._faulty += 1
            return self._ordinal, self._orders, step

    def next_question(self) -> tuple[int, Misbehaviour]:
        """Return the number of the next question to the Email Logs and the orders it falls under."""
        with self._lock:
            self._questions += 1
            return self._questions, self._orders
