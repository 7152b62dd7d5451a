using System.Text;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Gives log-probabilities out with the text they belong to. Reasoning, control tokens and what a stop sequence cut off are not among them.</summary>
internal sealed class AnswerLogprobs(DecodingPlan plan, TextTokenizer tokenizer, int skippedBytes, bool continues)
{
    private readonly Queue<TokenLogprob> _waiting = new();
    private List<TokenLogprob> _all = [];
    private long _said;
    // The first bytes may repeat the prompt's last.
    private long _given = -skippedBytes;
    private bool _afterReasoning;

    public LogprobRecorder Recorder { get; } = new(plan);

    /// <summary>Takes the next token, which the recorder has seen.</summary>
    public void Add(GeneratedToken token, bool isReasoning)
    {
        if (!Recorder.TryTake(out var id, out var stage) || id != token.Id) throw new InvalidOperationException($"Token {token.Id} came without its log-probabilities.");
        if (isReasoning) _afterReasoning = true;
        if (isReasoning || token.Finish == FinishKind.EndToken || id >= tokenizer.Count || tokenizer.IsSpecial(id)) return;
        var logprob = TokenLogprob.Create(id, stage!, tokenizer);

        // The line breaks behind the reasoning belong to its mark.
        if (_afterReasoning && logprob.Bytes.All(value => value == '\n')) return;
        _afterReasoning = false;
        if (!continues && _all.Count + _waiting.Count == 0 && tokenizer.StripsLeadingSpace && logprob.Bytes is [' ', ..]) _given--;
        _waiting.Enqueue(logprob);
    }

    /// <summary>Those of the whole answer. What comes next belongs to another.</summary>
    public IReadOnlyList<TokenLogprob> End()
    {
        var all = _all;
        (_all, _said, _given, _afterReasoning) = ([], 0, -skippedBytes, false);
        _waiting.Clear();
        return all;
    }

    /// <summary>Those of the tokens that begin in what has been said with <paramref name="contents"/>.</summary>
    public List<TokenLogprob> Give(IEnumerable<AIContent> contents)
    {
        _said += contents.OfType<TextContent>().Sum(content => Encoding.UTF8.GetByteCount(content.Text));
        var given = new List<TokenLogprob>();
        while (_given < _said && _waiting.TryDequeue(out var logprob))
        {
            _given += logprob.Bytes.Count;
            given.Add(logprob);
        }

        _all.AddRange(given);
        return given;
    }
}
