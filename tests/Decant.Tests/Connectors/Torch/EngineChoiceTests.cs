using Decant.Connectors.Chat;
using Decant.Connectors.Torch;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Torch;

/// <summary>Which engine a chat client takes, and that it says so.</summary>
public sealed class EngineChoiceTests
{
    private static string Folder => TestData.Path("weights/stories260K-hf");

    [Fact]
    public void Auto_takes_cuda_where_it_is_and_says_why_not_elsewhere()
    {
        var auto = new LocalChatClientOptions();
        Assert.Equal((ChatEngine.Torch, "libtorch sees 2 CUDA devices"), EngineLoader.Choose(auto, true, () => 2));
        var (engine, reason) = EngineLoader.Choose(auto, true, () => 0);
        Assert.Equal(ChatEngine.Cpu, engine);
        Assert.Contains("TorchSharp-cuda-linux", reason);
        (engine, reason) = EngineLoader.Choose(auto, true, () => throw new DllNotFoundException("libtorch is not there."));
        Assert.Equal(ChatEngine.Cpu, engine);
        Assert.Contains("libtorch is not there", reason);
        Assert.Equal(ChatEngine.Torch, EngineLoader.Choose(auto with { Torch = new TorchModelOptions { Devices = ["cpu"] } }, false, () => 0).Engine);
    }

    [Fact]
    public void Without_a_driver_nothing_is_loaded() =>
        Assert.Equal(ChatEngine.Cpu, EngineLoader.Choose(new LocalChatClientOptions(), false, () => throw new InvalidOperationException("libtorch was asked")).Engine);

    [Theory]
    [InlineData(ChatEngine.Cpu)]
    [InlineData(ChatEngine.Torch)]
    public void An_engine_that_is_asked_for_is_taken(ChatEngine engine) =>
        Assert.Equal(engine, EngineLoader.Choose(new LocalChatClientOptions { Engine = engine }, false, () => 0).Engine);

    [SkippableFact]
    public async Task Both_engines_answer_alike_and_the_log_names_them()
    {
        Skip.If(TorchPresence.Missing is not null, TorchPresence.Missing);
        async Task<string> Answer(ChatEngine engine)
        {
            using var logger = new RecordingLogger();
            using var client = LocalChatClient.Load(Folder, new LocalChatClientOptions
            {
                Engine = engine,
                Torch = new TorchModelOptions { Devices = ["cpu"] },
                LoggerFactory = logger,
            });
            Assert.Contains(logger.Records, record => record.Message.StartsWith($"Engine {engine}:", StringComparison.Ordinal));
            Assert.Equal(engine == ChatEngine.Torch, client.GetService<ICausalModel>() is TorchModel);
            return (await client.GetResponseAsync("Once upon a time", new ChatOptions { Temperature = 0, MaxOutputTokens = 100 })).Text;
        }

        var expected = await Answer(ChatEngine.Cpu);
        Assert.True(expected.Length > 100);
        Assert.Equal(expected, await Answer(ChatEngine.Torch));
    }

    [SkippableFact]
    public void An_unknown_engine_is_refused() =>
        Assert.Equal("Engine", Assert.Throws<ArgumentOutOfRangeException>(() => LocalChatClient.Load(Folder, new LocalChatClientOptions { Engine = (ChatEngine)7 })).ParamName);
}
