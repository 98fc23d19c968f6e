"""What the decoder reads decides what it can say: the sentence, the teacher's words, or its own."""
