"""A choice that looks best now can lose in the end: beam search buys back foresight with memory."""
