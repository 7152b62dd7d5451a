using System.Diagnostics;
using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>The process's memory over many clients. It runs alone: other tests' memory would count as well.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public class MemoryTests
{
    [SkippableFact]
    public async Task Two_hundred_load_chat_dispose_cycles_keep_memory_level()
    {
        async Task Cycle()
        {
            using var client = LocalChatClient.Load(TestData.Path("weights/stories260K-hf"));
            await client.GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 3 });
        }

        for (var i = 0; i < 20; i++) await Cycle();
        var before = Memory();
        for (var i = 0; i < 200; i++) await Cycle();
        var growth = Memory() - before;
        // One leaked copy of the weights per cycle would be 200 MB and more.
        Assert.True(growth < 40L << 20, $"Memory grew by {growth >> 20} MiB over 200 cycles.");
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
