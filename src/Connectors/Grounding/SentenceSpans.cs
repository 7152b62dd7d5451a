using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Connectors.Grounding;

/// <summary>Which tokens belong to which of a text's sentences (<see cref="TextUnits.Sentences"/>).</summary>
internal static class SentenceSpans
{
    /// <summary>For each token, the sentence it belongs to: that of its first visible character; a token of white space belongs to the sentence before it.</summary>
    /// <param name="tokenizer">Gives the tokens' bytes.</param>
    /// <param name="tokens">The tokens of <paramref name="text"/>.</param>
    /// <param name="text">The text.</param>
    /// <param name="sentences">Its sentences.</param>
    /// <returns>One index per token; 0 where there is no sentence before.</returns>
    public static int[] Assign(TextTokenizer tokenizer, IReadOnlyList<int> tokens, string text, IReadOnlyList<Range> sentences)
    {
        // Sentences begin at bytes; a SentencePiece tokenizer puts a space of its own in front.
        var starts = sentences.Select(sentence => System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, sentence.Start.Value))).ToArray();
        var at = tokenizer.StripsLeadingSpace && tokens.Count > 0 && tokenizer.Bytes(tokens[0]).StartsWith(" "u8) && !text.StartsWith(' ') ? -1 : 0;
        var owners = new int[tokens.Count];
        var owner = 0;
        for (var i = 0; i < owners.Length; i++)
        {
            var bytes = tokenizer.Bytes(tokens[i]);
            var visible = bytes.IndexOfAnyExcept(" \n\r\t"u8);
            while (visible >= 0 && owner + 1 < starts.Length && starts[owner + 1] <= at + visible) owner++;
            owners[i] = owner;
            at += bytes.Length;
        }

        return owners;
    }
}
