using System.Text.Json;
using Decant.Connectors.Text;
using Decant.Connectors.Training;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Training;

/// <summary>Writes everything of a model folder but the weights and the card.</summary>
internal static class ModelFiles
{
    private const string EndOfTurn = "<|im_end|>";
    private const int TokenizerSeed = 123;
    private const int TokenizerExamples = 12_000;

    /// <summary>
    /// Words end with the space behind them, so that a word has one spelling after a space, a quote and a line break alike, and what stands before
    /// it says what is to come: that is what copying heads look for. Names are cut before their ending. Digits are single.
    /// </summary>
    private static readonly BpeTrainerOptions _tokenizer = new()
    {
        VocabularySize = 1536,
        SpecialTokens = ["<|endoftext|>", "<|im_start|>", EndOfTurn],
        Marks = ["<think>", "</think>", "<tool_call>", "</tool_call>"],
        Pattern = @$"[0-9]|\p{{Lu}}\p{{Ll}}{{3}}(?=(?:{string.Join('|', Names.Endings)})(?!\p{{Ll}}))|\p{{L}}+ ?|[^\s\p{{L}}0-9]+ ?|\s+",
    };

    /// <summary>Learns the tokenizer that all models share. Always the same.</summary>
    public static TrainedTokenizer LearnTokenizer() => BpeTrainer.Train(
        Mixture.General(TinyWorld.Default).Examples(TokenizerSeed).Take(TokenizerExamples).SelectMany(ExampleText.Default.Pieces).Select(piece => piece.Text), _tokenizer);

    /// <summary>Writes config.json, generation_config.json, the tokenizer and the chat template.</summary>
    public static void Write(string folder, ModelShape shape, TrainedTokenizer tokenizer)
    {
        Directory.CreateDirectory(folder);
        tokenizer.Save(folder, EndOfTurn);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "chat_template.jinja"), Path.Combine(folder, "chat_template.jinja"), overwrite: true);
        var vocabulary = TextTokenizer.Load(folder);
        var end = vocabulary.Find(EndOfTurn)!.Value;
        File.WriteAllText(Path.Combine(folder, "config.json"), shape.ToConfig(vocabulary.Count, end));
        // Greedy unless asked otherwise: what the model knows, it then says.
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), JsonSerializer.Serialize(new { do_sample = false, eos_token_id = end }, JsonFile.Indented));
    }
}
