using System.Numerics.Tensors;
using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Grounding;

/// <summary>
/// What a local model makes of given texts: log-probabilities of continuations behind prompts, all tokens of a text in one forward, prompts that begin alike sharing
/// what they share. The model alone: no contrast, processors or constraints.
/// </summary>
/// <remarks>One for each piece of work; dispose it before the client.</remarks>
internal sealed class PromptScorer : IDisposable
{
    // Logits rows of all prompts at once: bounds memory for large vocabularies.
    private const int RowsAtOnce = 64;

    // Stands for any of the tokens that end a turn. The last of a continuation, so that it is never read.
    private const int AnyEnd = -1;

    private readonly IChatClient _client;
    private readonly LoadedModel _model;
    private readonly PlanContext _context;
    private float[] _row = [];

    /// <exception cref="ArgumentException">The client has no model in this process.</exception>
    public PromptScorer(IChatClient client)
    {
        if (client.GetService<ICausalModel>() is not { } model || client.GetService<TextTokenizer>() is not { } tokenizer || client.GetService<ChatTemplate>() is not { } template)
            throw new ArgumentException($"This needs the log-probabilities of a model in this process, which {client.GetType().Name} does not have. Give a LocalChatClient, or a pipeline that ends in one.", nameof(client));
        _client = client;
        _model = new LoadedModel(model, tokenizer, template, new LocalChatClientOptions(), owned: null);
        _context = new PlanContext { Model = model.Info, Vocabulary = tokenizer, Encode = text => [.. tokenizer.Encode(text, addSpecialTokens: false)] };
    }

    /// <summary>The model's tokenizer.</summary>
    public TextTokenizer Tokenizer => _model.Tokenizer;

    /// <summary>The tokens that the client makes of a call, for one of its branches.</summary>
    public int[] Prompt(IReadOnlyList<ChatMessage> messages, ChatOptions? options, BranchPrompt branch)
    {
        // Decoding options say how tokens are drawn, which is not asked here.
        options = options?.Clone();
        options?.AdditionalProperties?.Remove(ChatOptionsExtensions.DecodingKey);
        if (options?.RawRepresentationFactory is not null) options.WithOwn(own => own with { Decoding = null });
        return new PromptBuilder(ChatOptionsMapper.Map(messages, options, new DecodingOptions(), _context, _model.Template, _client)).Encode(_model, branch);
    }

    /// <summary>The tokens of an answer.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="ended">Whether its end belongs to it: any of the tokens that end a turn.</param>
    public int[] Encode(string text, bool ended = false)
    {
        var tokens = Tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false);
        return ended && Tokenizer.EndOfTurn.Count > 0 ? [.. tokens, AnyEnd] : [.. tokens];
    }

    /// <summary>Raw logits of the token that follows a prompt.</summary>
    public async Task<float[]> NextAsync(int[] prompt, CancellationToken cancellationToken)
    {
        var sequence = _model.Prefixes.Rent(prompt);
        try
        {
            using var result = await sequence.ForwardAsync(new ForwardInput(prompt.AsMemory(sequence.Length)), cancellationToken).ConfigureAwait(false);
            return result.Logits(0).ToArray();
        }
        finally
        {
            _model.Prefixes.Return(sequence, [.. prompt]);
        }
    }

    /// <summary>ln p of every token of every continuation behind every prompt.</summary>
    /// <param name="prompts">At least one, none empty.</param>
    /// <param name="continuations">Tokens to read behind each of them.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    /// <returns>By prompt, by continuation, by token; natural logarithms.</returns>
    /// <exception cref="ContextOverflowException">A prompt with a continuation does not fit in the model's context.</exception>
    public async Task<double[][][]> ScoreAsync(IReadOnlyList<int[]> prompts, IReadOnlyList<int[]> continuations, CancellationToken cancellationToken)
    {
        var sequences = new List<ISequence>();
        try
        {
            await ReadAsync(prompts, sequences, cancellationToken).ConfigureAwait(false);
            var scores = prompts.Select(_ => new double[continuations.Count][]).ToArray();
            for (var i = 0; i < continuations.Count; i++)
            {
                var scored = await ContinueAsync(prompts, sequences, continuations[i], cancellationToken).ConfigureAwait(false);
                for (var prompt = 0; prompt < scores.Length; prompt++) scores[prompt][i] = scored[prompt];
            }

            return scores;
        }
        finally
        {
            foreach (var sequence in sequences) sequence.Dispose();
        }
    }

    /// <summary>ln Σ e^x: the log-probability of what several texts say together.</summary>
    public static double LogSumExp(double[] values)
    {
        var maximum = TensorPrimitives.Max<double>(values);
        return double.IsInfinity(maximum) ? maximum : maximum + Math.Log(values.Sum(value => Math.Exp(value - maximum)));
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    // All but the last token of each prompt, whose logits belong to the continuation's first.
    private async Task ReadAsync(IReadOnlyList<int[]> prompts, List<ISequence> sequences, CancellationToken cancellationToken)
    {
        sequences.Add(_model.Model.OpenSequence());
        await ForwardAsync([(sequences[0], prompts[0].AsMemory(..^1))], LogitsRows.None, null, cancellationToken).ConfigureAwait(false);
        foreach (var prompt in prompts.Skip(1))
        {
            sequences.Add(sequences[0].Fork());
            sequences[^1].Truncate(prompt.AsSpan(..^1).CommonPrefixLength(prompts[0].AsSpan(..^1)));
        }

        var rest = sequences.Select((sequence, i) => (sequence, prompts[i].AsMemory(sequence.Length..^1)));
        await ForwardAsync([.. rest], LogitsRows.None, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<double[][]> ContinueAsync(IReadOnlyList<int[]> prompts, List<ISequence> sequences, int[] continuation, CancellationToken cancellationToken)
    {
        var scores = prompts.Select(_ => new double[continuation.Length]).ToArray();
        var chunk = Math.Max(1, RowsAtOnce / prompts.Count);
        for (var start = 0; start < continuation.Length; start += chunk)
        {
            var (from, wanted) = (start, continuation.AsMemory(start, Math.Min(chunk, continuation.Length - start)));
            var rows = prompts.Select((prompt, i) => (sequences[i], Rows(prompt, continuation, from, wanted.Length)));
            await ForwardAsync([.. rows], LogitsRows.All, Read, cancellationToken).ConfigureAwait(false);

            void Read(int prompt, ForwardResult result)
            {
                for (var row = 0; row < wanted.Length; row++) scores[prompt][from + row] = LogProbability(result.Logits(row), wanted.Span[row]);
            }
        }

        for (var i = 0; i < prompts.Count; i++) sequences[i].Truncate(prompts[i].Length - 1);
        return scores;
    }

    // The token before each wanted one.
    private static ReadOnlyMemory<int> Rows(int[] prompt, int[] continuation, int start, int count)
        => start > 0 ? continuation.AsMemory(start - 1, count) : (int[])[prompt[^1], .. continuation.AsSpan(0, count - 1)];

    private async Task ForwardAsync(
        IReadOnlyList<(ISequence Sequence, ReadOnlyMemory<int> Tokens)> rows, LogitsRows logits, Action<int, ForwardResult>? read, CancellationToken cancellationToken)
    {
        var batch = rows.Where(row => !row.Tokens.IsEmpty).Select(row => new SequenceForward(row.Sequence, new ForwardInput(row.Tokens) { Logits = logits })).ToArray();
        if (batch.Length == 0) return;
        cancellationToken.ThrowIfCancellationRequested();
        var results = await _model.Model.ForwardAsync(batch, cancellationToken).ConfigureAwait(false);
        try
        {
            for (var i = 0; read is not null && i < results.Length; i++) read(i, results[i]);
        }
        finally
        {
            foreach (var result in results) result.Dispose();
        }
    }

    private double LogProbability(ReadOnlySpan<float> logits, int token)
    {
        if (_row.Length < logits.Length) _row = GC.AllocateUninitializedArray<float>(logits.Length);
        var row = _row.AsSpan(0, logits.Length);
        var maximum = TensorPrimitives.Max(logits);
        TensorPrimitives.Subtract(logits, maximum, row);
        TensorPrimitives.Exp(row, row);
        var sum = Math.Log(TensorPrimitives.Sum<float>(row));
        if (token != AnyEnd) return (double)logits[token] - maximum - sum;
        var ends = new double[Tokenizer.EndOfTurn.Count];
        for (var i = 0; i < ends.Length; i++) ends[i] = logits[Tokenizer.EndOfTurn[i]];
        return LogSumExp(ends) - maximum - sum;
    }
}
