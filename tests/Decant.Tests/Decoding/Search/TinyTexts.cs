using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;

namespace Decant.Tests.Decoding.Search;

/// <summary>decant-tiny with its tokenizer and its chat template.</summary>
public sealed class TinyTexts : IDisposable
{
    private readonly TextTokenizer _tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
    private readonly ChatTemplate _template = ChatTemplate.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny))!;

    public CpuModel Model { get; } = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny), new CpuModelOptions { Threads = 1 });

    public int[] Prompt => [.. _tokenizer.Encode("Savisha lives in Mizewick. She", addSpecialTokens: false)];

    public int[] Ends => [.. _tokenizer.EndOfTurn];

    /// <summary>A question as the chat template puts it.</summary>
    public int[] Ask(string question) => [.. _tokenizer.Encode(_template.Render(new Dictionary<string, object?>
    {
        ["messages"] = new List<object?> { new Dictionary<string, object?> { ["role"] = "user", ["content"] = question } },
        ["add_generation_prompt"] = true,
    }), addSpecialTokens: false, parseSpecialTokens: true)];

    /// <summary>The log-probabilities of tokens behind a text.</summary>
    public async Task<IEnumerable<double>> LogprobsAsync(int[] prompt, int[] tokens)
    {
        using var sequence = Model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput((int[])[.. prompt, .. tokens[..^1]]) { LastRows = tokens.Length });
        return [.. tokens.Select((token, row) => LogSoftmax(result.Logits(row).ToArray())[token])];
    }

    /// <summary>The logits behind a text.</summary>
    public async Task<float[]> LogitsAsync(int[] text)
    {
        using var sequence = Model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(text));
        return result.Logits(0).ToArray();
    }

    /// <summary>What enters the first layer for every token, as a forward over them shows it.</summary>
    public async Task<List<float[]>> EmbeddingsAsync()
    {
        var rows = new List<float[]>();
        for (var id = 0; id < Model.Info.VocabularySize; id++)
        {
            using var sequence = Model.OpenSequence();
            using var result = await sequence.ForwardAsync(new ForwardInput(new[] { id }) { Logits = LogitsRows.None, Taps = new Taps { HiddenLayers = [0] } });
            rows.Add(result.Hidden(0, 0).ToArray());
        }

        return rows;
    }

    public void Dispose() => Model.Dispose();

    /// <summary>Log-probabilities of a row.</summary>
    public static double[] LogSoftmax(float[] logits)
    {
        var total = Math.Log(logits.Sum(logit => Math.Exp(logit - logits.Max()))) + logits.Max();
        return [.. logits.Select(logit => logit - total)];
    }
}
