using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Models;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Training;

/// <summary>A copy of a model that answers, has its answers scored, and learns from those that are chosen: what all tuning on a model's own answers is made of. Which are chosen is not decided here.</summary>
internal sealed class TuningLoop
{
    private readonly string _folder;
    private readonly IReward _reward;
    private readonly TuningOptions _options;
    private readonly TextTokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private int _draws;

    /// <param name="source">The model's folder, or the name of an embedded one; it does not change.</param>
    /// <param name="folder">Where the tuned model is written; new or empty.</param>
    /// <param name="reward">Scores answers.</param>
    /// <param name="options">Checked here.</param>
    public TuningLoop(string source, string folder, IReward reward, TuningOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(reward);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new ArgumentException($"{folder} is not empty. Name a new folder for the tuned model.", nameof(folder));
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(EmbeddedModels.Resolve(source))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        (_folder, _reward, _options) = (folder, reward, options);
        _tokenizer = TextTokenizer.Load(folder);
        _template = ChatTemplate.Load(folder) ?? ChatTemplate.Plain;
    }

    /// <summary>Draws answers from the model as tuned so far and scores them. No two draws of one loop have the same seed.</summary>
    /// <param name="prompts">The requests.</param>
    /// <param name="decoded">Whether the prompts' decoding options hold.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    /// <returns>The answers, prompt by prompt.</returns>
    public async Task<List<ScoredAnswer>> SampleAsync(IReadOnlyList<TuningPrompt> prompts, bool decoded, CancellationToken cancellationToken)
    {
        using var client = LocalChatClient.Load(_folder, _options.Client, cancellationToken: cancellationToken);
        List<ScoredAnswer> answers = [];
        foreach (var prompt in prompts)
        {
            List<RewardCandidate> candidates = [];
            for (var i = 0; i < _options.Samples; i++)
            {
                var options = new ChatOptions { Seed = _options.Seed + (1_000_003L * _draws++), Temperature = _options.Temperature, MaxOutputTokens = _options.MaxTokens };
                if (decoded && prompt.Decoding is { } decoding) options.WithDecoding(decoding);
                var response = await client.GetResponseAsync(prompt.Text, options, cancellationToken).ConfigureAwait(false);
                candidates.Add(new RewardCandidate(response.Text, response.FinishReason == ChatFinishReason.Stop));
            }

            var scored = candidates.Where(candidate => candidate.IsComplete || _reward.ScoresPartial).ToList();
            var scores = new Dictionary<RewardCandidate, double>();
            foreach (var batch in scored.Chunk(Math.Max(1, _reward.MaxBatch)))
            {
                var values = await _reward.ScoreAsync(new RewardContext(prompt.Text), batch, cancellationToken).ConfigureAwait(false);
                foreach (var (candidate, score) in batch.Zip(values)) scores[candidate] = score;
            }

            answers.AddRange(candidates.Select(candidate => new ScoredAnswer(prompt, candidate.Text, candidate.IsComplete, scores.TryGetValue(candidate, out var score) ? score : null)));
        }

        return answers;
    }

    /// <summary>The mean score of answers that have one.</summary>
    /// <exception cref="InvalidOperationException">None has.</exception>
    public static double Mean(IEnumerable<ScoredAnswer> answers)
        => answers.Average(answer => answer.Score) ?? throw new InvalidOperationException("No answer was finished, and the reward scores whole answers only: raise MaxTokens.");

    /// <summary>Trains the model on answers and writes it into its folder.</summary>
    public void Learn(IReadOnlyList<ScoredAnswer> answers, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ScoredAnswer[] shuffled = [.. answers];
        new Random(_options.Seed).Shuffle(shuffled);
        string checkpoint;
        using (var trainer = Trainer.Open(_folder, _options.Training with { CheckpointEvery = 0 }))
        {
            trainer.Train(shuffled.Select(Example), progress, cancellationToken);

            // float32: rounding to bfloat16 would undo small steps.
            trainer.Export(ElementType.F32);
            checkpoint = trainer.Save();
        }

        Directory.Delete(checkpoint, recursive: true);
        foreach (var file in Directory.EnumerateFiles(_folder, "*.safetensors*").Where(file => Path.GetFileName(file) != TrainingFolder.Weights)) File.Delete(file);
    }

    private TrainingExample Example(ScoredAnswer answer)
    {
        var question = TemplateMessage.Of(ChatRole.User.Value, answer.Prompt.Text);
        var text = Render(generate: true, question);
        var prompt = _tokenizer.Encode(text, addSpecialTokens: ReferenceEquals(_template, ChatTemplate.Plain));
        var written = Written(text, Render(generate: false, question, TemplateMessage.Of(ChatRole.Assistant.Value, answer.Text)))
            ?? [.. _tokenizer.Encode(answer.Text, addSpecialTokens: false, parseSpecialTokens: false), .. _tokenizer.EndOfTurn.Take(1)];
        int[] ids = [.. prompt, .. written];
        return new TrainingExample(ids, [.. ids.Select((_, i) => i >= prompt.Length)]);
    }

    /// <summary>What the model should have written: the answer as the template puts it, up to the token that ends the turn. Null where the template has none, or writes a prompt otherwise once it is answered.</summary>
    private int[]? Written(string prompt, string conversation)
    {
        if (!conversation.StartsWith(prompt, StringComparison.Ordinal)) return null;
        var ids = _tokenizer.Encode(conversation[prompt.Length..], addSpecialTokens: false);
        var end = Array.FindIndex(ids, id => _tokenizer.EndOfTurn.Contains(id));
        return end < 0 ? null : ids[..(end + 1)];
    }

    private string Render(bool generate, params object?[] messages)
        => _template.Render(new Dictionary<string, object?> { ["messages"] = messages.ToList(), ["add_generation_prompt"] = generate });
}
