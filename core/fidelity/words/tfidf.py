"""TF-IDF: which of some documents a text is like, by the words that tell them apart."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.fidelity.words.retrieval import Retrieval, retrieval_of
from core.fidelity.words.tokens import tokenise


class Tfidf:
    """Some documents, ready to be compared with texts.

    idf = ln((1 + N) / (1 + df)) + 1, weight = count idf, similarity = cosine; words that are in no document are left
    out. Source: Salton and Buckley (1988); smoothed as in methods 3.4.
    """

    def __init__(self, documents: Sequence[Collection[str]]) -> None:
        """Takes documents as words. Raises ValueError without any."""
        if not documents:
            raise ValueError("TF-IDF needs documents")
        n_having = Counter(word for words in documents for word in set(words))
        self.idf = {word: math.log((1 + len(documents)) / (1 + n)) + 1 for word, n in n_having.items()}
        """Word of any document -> how telling it is, >= 1."""
        self.vectors = tuple(map(self.vector, documents))
        """Of each document: word -> weight, of length 1; empty for one without words."""

    def vector(self, words: Iterable[str]) -> dict[str, float]:
        """Returns a text as weights of its known words, of length 1; empty without any."""
        idf = self.idf
        weights = {word: n * idf[word] for word, n in Counter(words).items() if word in idf}
        squares = 0.0
        for weight in weights.values():
            squares += weight * weight
        length = math.sqrt(squares)
        return {word: weight / length for word, weight in weights.items()}

    def similarities(self, queries: Sequence[Iterable[str]]) -> NDArray[np.float64]:
        """Returns the cosine of each query with each document, (n_queries, n_documents), in [0, 1]."""
        rows = {word: row for row, word in enumerate(self.idf)}
        documents = np.zeros((len(rows), len(self.vectors)))
        for number, vector in enumerate(self.vectors):
            for word, weight in vector.items():
                documents[rows[word], number] = weight
        found = np.zeros((len(queries), len(self.vectors)))
        for number, query in enumerate(queries):
            vector = self.vector(query)
            weights = np.fromiter(vector.values(), np.float64, len(vector))
            found[number] = (weights[:, None] * documents[[rows[word] for word in vector]]).sum(axis=0)
        return found


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Returns the cosine of two vectors of length 1, in [0, 1]."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[word] for word, weight in one.items() if word in other)


def persona_retrieval(queries: Sequence[str], personas: Sequence[str]) -> Retrieval:
    """Looks for the persona of each text among all of them; the n-th query was said by the n-th persona.

    Source: methods 3.4, ties by index. Personas with the same facts in another order are told apart by nothing but
    rounding; so sums are made word by word in the order of the text, as they were for the figures there.
    """
    tfidf = Tfidf([tokenise(persona) for persona in personas])
    return retrieval_of(tfidf.similarities([tokenise(query) for query in queries]))
