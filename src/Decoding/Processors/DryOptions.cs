using System.Runtime.InteropServices;
using System.Text;

namespace Decant.Decoding;

/// <summary>
/// Don't Repeat Yourself: lowers the logit of a token that would lengthen a repetition, exponentially in the repetition's length. A run of L ≥ <see cref="AllowedLength"/> tokens that
/// ends the text and occurred before costs the token that followed it <see cref="Multiplier"/> · <see cref="Base"/>^(L − <see cref="AllowedLength"/>), at most 100.
/// </summary>
/// <remarks>Looks at the prompt and the answer. Runs do not reach across breakers or control tokens, and these are never penalised. Source: the sampler of text-generation-webui of that name.</remarks>
public sealed record DryOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "dry";

    /// <summary>The penalty of the shortest run that has one; 0 … 100, 0 changes nothing. Default: 0.8.</summary>
    public float Multiplier { get; init; } = 0.8f;

    /// <summary>The factor for each further token of a run; 1 … 10. Default: 1.75.</summary>
    public float Base { get; init; } = 1.75f;

    /// <summary>Length of the shortest run that is penalised, in tokens; at least 1. Default: 2.</summary>
    public int AllowedLength { get; init; } = 2;

    /// <summary>A token that contains one of these texts ends a run. Default: line break, colon, quotation mark, asterisk.</summary>
    public ValueList<string> Breakers { get; init; } = ["\n", ":", "\"", "*"];

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Multiplier is >= 0 and <= 100, Multiplier, nameof(Multiplier), "from 0 to 100 (0 is no penalty)");
        Check(Base is >= 1 and <= 10, Base, nameof(Base), "from 1 to 10");
        Check(AllowedLength >= 1, AllowedLength, nameof(AllowedLength), "at least 1");
        Check(!Breakers.Contains(""), Breakers, nameof(Breakers), "a list of texts that are not empty");
    }

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context)
    {
        var breakers = Breakers.Select(Encoding.UTF8.GetBytes).ToArray();
        var vocabulary = context.Vocabulary;
        var breaks = new bool[vocabulary.Count];
        for (var id = 0; id < breaks.Length; id++)
        {
            breaks[id] = vocabulary.IsSpecial(id);
            foreach (var breaker in breakers) breaks[id] |= vocabulary.Bytes(id).IndexOf(breaker) >= 0;
        }

        return new Dry(Multiplier, Base, AllowedLength, breaks);
    }
}

internal sealed class Dry : StatelessProcessor, ILogitProcessor
{
    private const float Largest = 100;
    private readonly float _multiplier;
    private readonly float _base;
    private readonly int _allowed;
    private readonly int _longest;
    private readonly bool[] _breaks;
    private readonly Dictionary<int, int> _lengths = [];

    public Dry(float multiplier, float @base, int allowed, bool[] breaks)
    {
        (_multiplier, _base, _allowed, _breaks) = (multiplier, @base, allowed, breaks);

        // A run longer than this is penalised no more: the penalty has reached its largest or does not grow.
        _longest = @base > 1 && multiplier > 0 ? allowed + (int)Math.Ceiling(Math.Max(0, Math.Log(Largest / multiplier) / Math.Log(@base))) : allowed;
    }

    public void Apply(GenerationState state, Span<float> logits)
    {
        var tokens = state.Tokens;
        if (tokens.IsEmpty || Breaks(tokens[^1])) return;
        _lengths.Clear();
        for (var end = 0; end < tokens.Length - 1; end++)
        {
            var found = tokens[end..^1].IndexOf(tokens[^1]);
            if (found < 0) break;
            end += found;
            var length = RunLength(tokens, end);
            if (length < _allowed || Breaks(tokens[end + 1])) continue;
            ref var longest = ref CollectionsMarshal.GetValueRefOrAddDefault(_lengths, tokens[end + 1], out _);
            longest = Math.Max(longest, length);
        }

        foreach (var (token, length) in _lengths) logits[token] -= MathF.Min(Largest, _multiplier * MathF.Pow(_base, length - _allowed));
    }

    public override IRowProcessor Fork() => new Dry(_multiplier, _base, _allowed, _breaks);

    // How many tokens up to and including the one at `end` equal the text's last ones.
    private int RunLength(ReadOnlySpan<int> tokens, int end)
    {
        var length = 1;
        while (length < _longest && length <= end && tokens[end - length] == tokens[^(length + 1)] && !Breaks(tokens[end - length])) length++;
        return length;
    }

    private bool Breaks(int token) => (uint)token < (uint)_breaks.Length && _breaks[token];
}
