using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;

namespace Decant.Tests.Decoding.Speculation.Layers;

/// <summary>Runs plans on a real model, by default the embedded one, and checks after each that its sequence goes on like one that has just read the text.</summary>
public sealed class LayerDraftRuns : IDisposable
{
    private readonly CpuModel _model;

    public LayerDraftRuns()
        : this(EmbeddedModels.Folder(EmbeddedModels.Tiny))
    {
        var tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        Prompts = [.. new[] { "Tell me a story about a fox.", "Where does Mira live?", "What is 12 + 30?", "Write a report about the harbour." }
            .Select(text => tokenizer.Encode($"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n", addSpecialTokens: false, parseSpecialTokens: true).ToArray())];
    }

    internal LayerDraftRuns(string folder)
    {
        _model = CpuModel.Load(folder, new CpuModelOptions { Threads = 1 });
        (Target, Draft) = (new WatchedModel(_model), new WatchedModel(_model));
    }

    internal WatchedModel Target { get; }

    /// <summary>The same model under another name: what it drafts exactly is always accepted.</summary>
    internal WatchedModel Draft { get; }

    /// <summary>Prompts of the embedded model.</summary>
    internal IReadOnlyList<int[]> Prompts { get; } = [[1, 5, 9, 13, 5, 9]];

    internal DecodingServices Services { get; set; } = new();

    public void Dispose() => _model.Dispose();

    internal static DecodingOptions Greedy(SpeculationOptions? speculation) => new() { Sampling = new GreedyOptions(), Speculation = speculation };

    internal async Task<List<int>> RunAsync(DecodingOptions options, int tokens, int prompt = 0, SpeculationCounter? counter = null, ICausalModel? draft = null)
    {
        var plan = DecodingPlan.Compile(options, new PlanContext { Model = Target.Info, Services = Services });
        using var sequence = Target.OpenSequence();
        var drafts = (plan.Speculation?.Drafter.Models ?? []).Select(_ => new BranchSource(Prompts[prompt], (draft ?? Draft).OpenSequence())).ToList();
        var text = new List<int>();
        counter ??= new SpeculationCounter();
        try
        {
            var request = new GenerationRequest { Sequence = sequence, Prompt = Prompts[prompt], Plan = plan, MaxTokens = tokens, Drafts = drafts, Speculation = counter };
            await foreach (var token in Generator.GenerateAsync(request)) text.Add(token.Id);
            Assert.Empty(counter.Warnings);
            int[] all = [.. Prompts[prompt], .. text];
            await AssertLikeFreshAsync(sequence, all, plan.Edits);
            foreach (var source in drafts) await AssertLikeFreshAsync(source.Sequence!, all, []);
        }
        finally
        {
            foreach (var source in drafts) source.Sequence!.Dispose();
        }

        return text;
    }

    /// <summary>A sequence that holds a beginning of a text gives, for the rest, the bits of one that reads all of it.</summary>
    private static async Task AssertLikeFreshAsync(ISequence sequence, int[] text, ValueList<ResidualEdit> edits)
    {
        var read = sequence.Length;
        Assert.InRange(read, 0, text.Length - 1);
        using var fresh = sequence.Model.OpenSequence();
        using var expected = await fresh.ForwardAsync(new ForwardInput(text) { Logits = LogitsRows.All, Edits = edits });
        using var actual = await sequence.ForwardAsync(new ForwardInput(text.AsMemory(read)) { Logits = LogitsRows.All, Edits = edits });
        for (var row = read; row < text.Length; row++) Assert.True(expected.Logits(row).SequenceEqual(actual.Logits(row - read)), $"The row behind token {row} differs.");
    }
}
