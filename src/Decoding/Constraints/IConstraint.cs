namespace Decant.Decoding;

/// <summary>What may follow the tokens generated so far. State of one request; serves one caller at a time.</summary>
public interface IConstraint
{
    /// <summary>Its name in errors and traces, such as "citations".</summary>
    string Name { get; }

    /// <summary>What the options ask for and the constraint does not enforce, as sentences for the caller. Mostly empty.</summary>
    IReadOnlyList<string> Warnings => [];

    /// <summary>Whether the text may end here.</summary>
    bool Accepting { get; }

    /// <summary>Clears the bit of every token that may not come next; an end-of-turn token may come where <see cref="Accepting"/>. Bits that are clear stay clear.</summary>
    /// <param name="mask">Bit i % 64 of entry i / 64 is token i's.</param>
    void FillMask(Span<ulong> mask);

    /// <summary>Begins, elsewhere, to find out what <see cref="FillMask"/> will need, if that takes long. Called before a forward, so that the model does not wait.</summary>
    void Prepare()
    {
    }

    /// <summary>
    /// What must come next whatever the model says, as tokens; empty where there is a choice. Where the bytes are certain and there are several tokens for them, the longest: what is
    /// drafted may be a guess, for it is verified.
    /// </summary>
    ReadOnlySpan<int> Forced => [];

    /// <summary>Takes a generated token; false, with the state unchanged, where it is not allowed.</summary>
    bool TryAccept(int token);

    /// <summary>Undoes the last <paramref name="tokenCount"/> accepted tokens.</summary>
    void Rollback(int tokenCount);

    /// <summary>An independent constraint in the same state.</summary>
    IConstraint Fork();
}
