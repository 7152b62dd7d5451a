namespace Decant.Decoding;

/// <summary>The exact id ⇄ bytes table of a model's vocabulary. Constraints, stop strings and streaming work on these bytes.</summary>
/// <remarks>Immutable and safe for concurrent use.</remarks>
public interface ITokenVocabulary
{
    /// <summary>Number of ids; valid ids are 0 … <see cref="Count"/> − 1. Ids without a token have no bytes.</summary>
    int Count { get; }

    /// <summary>
    /// The bytes that token <paramref name="id"/> stands for in running text (a leading SentencePiece mark is a space, a
    /// byte-fallback token is its byte). A special token yields the UTF-8 of its written form, such as <c>&lt;|im_end|&gt;</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not in 0 … <see cref="Count"/> − 1.</exception>
    ReadOnlySpan<byte> Bytes(int id);

    /// <summary>Whether <paramref name="id"/> is a control token (begin, end, role mark …) that is not part of the answer's text.</summary>
    bool IsSpecial(int id);

    /// <summary>The id of the token written <paramref name="text"/>, special or not, or null when there is none.</summary>
    int? Find(string text);

    /// <summary>Ids that end the model's turn; generation stops at any of them. May be empty.</summary>
    IReadOnlyList<int> EndOfTurn { get; }
}
